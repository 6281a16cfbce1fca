-- One hand-over, as `yunjuan pack` logs it: content/handovers/<year>/<number>.md. Article 36.
return form_fields {
	id = "handover", article = "36", title = "交接登记",
	fields = {
		field { key = "number", label = "交接编号", type = "text", required = true },
		field { key = "from", label = "交出单位", type = "text", required = true, help = "单位编号" },
		field { key = "to", label = "接收单位", type = "text", required = true, help = "单位编号" },
		field { key = "by", label = "交接方式", type = "text", required = true, help = "单位 U 盘、光盘、政务邮箱或粤政易", article = "36" },
		field { key = "medium", label = "介质编号", type = "text", help = "单位 U 盘要写登记的编号，光盘写盘号", article = "36" },
		field { key = "address", label = "收件邮箱", type = "text", help = "用政务邮箱的填写", article = "36" },
		field { key = "made", label = "交出时间", type = "time", required = true },
		field { key = "tip", label = "含到哪个提交", type = "text", required = true },
		field { key = "base", label = "以哪些提交为前提", type = "texts" },
		field { key = "tickets", label = "涉及工单", type = "texts" },
		field { key = "receipt", label = "要回执", type = "bool" },
		field { key = "sealed", label = "密封材料", type = "texts", help = "只有接收单位能打开的材料" },
		field { key = "files", label = "交接件", type = "list", required = true,
			columns = {
				field { key = "name", label = "文件名", type = "text", required = true },
				field { key = "bytes", label = "字节数", type = "integer", min = 0, required = true },
				field { key = "sm3", label = "SM3", type = "text", required = true },
				field { key = "sha256", label = "SHA-256", type = "text", required = true },
			} },
	},
}
