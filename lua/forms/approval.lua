-- The coordinator's approval of a request. Article 14(2).
local large_storage = { "exists", "resources", { "gt", { "value", "storage_gb" }, reading_value "storage-each" } }

return form_fields {
	id = "approval", article = "14(2)",
	title = "云资源需求审批表",
	fields = {
		field { key = "purpose_fits", label = "用途是否合规", type = "bool", must = true, required = true, article = "14(2)1",
			help = "是否符合“数字政府”改革建设部署和全省一朵云的原则" },
		field { key = "dedicated_pool_remark", label = "专属资源池的必要性和可行性", type = "long", article = "14(2)2",
			required_when = { "is", "dedicated_pool", true }, help = "附件 2 要求专属资源池的须写明（第十四条（二）⒉）" },
		field { key = "storage_agreed_coordinator", label = "统筹管理单位是否同意大容量存储", type = "bool", must = true, required_when = large_storage, article = "13(2)4",
			help = "依据使用单位的书面说明和评估意见（第十三条（二）⒋）" },
	},
}
