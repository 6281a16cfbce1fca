-- What the tenant did before the adjustment. Article 21(1)1.
return form_fields {
	id = "adjust-prepare", article = "21(1)1",
	title = "云资源调整准备情况表",
	fields = {
		field { key = "data_backup", label = "数据备份情况", type = "long", required = true, help = "备份了什么、何时完成、存放在哪里" },
		field { key = "downtime_notice", label = "停机告知情况", type = "long", required = true, help = "何时告知了哪些用户；不需停机的写明" },
	},
}
