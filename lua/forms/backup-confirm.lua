-- The tenant's check that the backup works. Article 32(2).
return form_fields {
	id = "backup-confirm", article = "32(2)",
	title = "备份有效性确认表",
	fields = {
		field { key = "backup_verified", label = "检查方式和结果", type = "long", required = true, help = "怎样检查了备份，结果与备份申请是否一致" },
	},
}
