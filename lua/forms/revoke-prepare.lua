-- What the tenant did before the revocation. Article 26.1.
return form_fields {
	id = "revoke-prepare", article = "26.1",
	title = "云资源撤销准备情况表",
	fields = {
		field { key = "data_backup", label = "数据备份情况", type = "long", required = true, help = "备份了什么、何时完成、存放在哪里" },
		field { key = "app_moved", label = "应用转移情况", type = "long", required = true, help = "应用转到了哪里；没有应用的写明" },
	},
}
