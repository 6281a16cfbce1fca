-- By what papers may go from one party to another (article 36). Whatever is not here is not allowed.
-- registered = the stick must be one of the sending party's (media in its register entry); numbered = the
-- medium carries a number; address = it goes to a mailbox; volumes = cut to the site's limit of one mail.
return {
	medium { id = "usb", name = "单位 U 盘", article = "36", registered = true, numbered = true },
	medium { id = "cd", name = "光盘", article = "36", numbered = true },
	medium { id = "mail", name = "政务邮箱", article = "36", address = true, volumes = true },
	medium { id = "yuezhengyi", name = "粤政易", article = "36" },
}
