-- The backup policies as set. Article 32(1).
return form_fields {
	id = "backup-done", article = "32(1)",
	title = "云资源备份实施表",
	fields = {
		field { key = "backed_up", label = "已配置备份", type = "list", required = true, help = "每台虚拟机一行",
			columns = {
				field { key = "id", label = "虚拟机编号", type = "text", required = true },
				field { key = "name", label = "虚拟机名称", type = "text", required = true },
				field { key = "backup_type", label = "备份类型", type = "choice", required = true, choices = { "整机备份", "数据库备份", "文件备份", "其他" } },
				field { key = "backup_policy", label = "备份策略", type = "text", required = true },
				field { key = "retention_days", label = "保存期限", type = "integer", unit = "天", min = 1, required = true },
				field { key = "storage_gb", label = "备份容量", type = "integer", unit = "GB", min = 0, required = true },
				field { key = "effective_at", label = "生效时间", type = "time", required = true },
				field { key = "remark", label = "说明", type = "text" },
			} },
		field { key = "effective_day", label = "策略生效日", type = "date", required = true, article = "32(2)",
			help = "全部策略生效的那一日；使用单位须在当日检查（第三十二条（二））" },
	},
}
