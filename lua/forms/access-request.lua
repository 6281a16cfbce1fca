-- Accounts and ports to open. Article 37. Names and mobiles are masked here; in full they are in the sealed paper only.
return form_fields {
	id = "access-request", article = "37",
	title = "账号与远程访问申请表",
	fields = {
		field { key = "contact_post", label = "联系岗位", type = "text", required = true, help = "填岗位，不填个人姓名和电话" },
		field { key = "access_reason", label = "申请理由", type = "long", required = true, help = "非必要不开放，写明为什么必须开放" },
		field { key = "accounts", label = "申请账号", type = "list", required_when = { "not", { "filled", "ports" } },
			help = "一人一个账号，一行一人；账号和端口至少填一种",
			columns = {
				field { key = "person", label = "使用人（遮蔽）", type = "text", required = true, help = "只留姓，例如“张**”；全名写在密封件中" },
				field { key = "mobile", label = "本人手机（遮蔽）", type = "text", required = true, help = "接收登录短信验证码，只留前三位和后四位，例如“138****0000”" },
				field { key = "target", label = "访问的资源编号", type = "text", required = true },
				field { key = "purpose", label = "用途", type = "text", required = true },
			} },
		field { key = "ports", label = "开放端口", type = "list", required_when = { "not", { "filled", "accounts" } }, help = "每个端口一行",
			columns = {
				field { key = "source", label = "来源地址", type = "text", required = true, help = "写明确切地址，不得填“任意”" },
				field { key = "target", label = "目标资源编号或地址", type = "text", required = true },
				field { key = "port", label = "端口", type = "integer", min = 1, max = 65535, required = true, help = "一行一个端口" },
				field { key = "purpose", label = "用途", type = "text", required = true },
				field { key = "until", label = "截止日期", type = "date", required = true, help = "到期关闭" },
			} },
	},
}
