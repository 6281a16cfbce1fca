-- 附件 12: the request for backups, one line a virtual machine. Article 29.
return form_fields {
	id = "annex-12", annex = 12, article = "29",
	title = "广东“数字政府”政务云梅州节点 IaaS 资源备份申请表",
	fields = {
		field { key = "contact_post", label = "联系岗位", type = "text", required = true, help = "填岗位，不填个人姓名和电话" },
		field { key = "backup_reason", label = "备份理由", type = "long", required = true, help = "审批时要看理由是否充分（第三十一条（二）⒈）" },
		field { key = "resources", label = "备份对象", type = "list", required = true, article = "29", help = "每台虚拟机一行；系统尚未上线的，在申请工单中一并申请",
			columns = {
				field { key = "id", label = "虚拟机编号", type = "text", required = true, help = "发放单上的编号" },
				field { key = "name", label = "虚拟机名称", type = "text", required = true },
				field { key = "backup_type", label = "备份类型", type = "choice", required = true, choices = { "整机备份", "数据库备份", "文件备份", "其他" } },
				field { key = "backup_policy", label = "备份策略", type = "text", required = true, help = "周期、时间和方式，例如“每日 2 时增量，每周日全量”" },
				field { key = "retention_days", label = "保存期限", type = "integer", unit = "天", min = 1, required = true },
				field { key = "storage_gb", label = "需备份的数据量", type = "integer", unit = "GB", min = 0, required = true },
				field { key = "remark", label = "说明", type = "text", help = "备份类型填“其他”的，在此写明" },
			} },
	},
}
