-- The operator's assessment of a request. Article 13(2).
local large_vm = { "exists", "resources", { "all", { "is", "type", "虚拟机" }, { "any", { "gt", { "value", "vcpu" }, 8 }, { "gt", { "value", "memory_gb" }, 32 } } } }
local large_storage = { "exists", "resources", { "gt", { "value", "storage_gb" }, reading_value "storage-each" } }

return form_fields {
	id = "assessment", article = "13(2)",
	title = "云资源需求评估表",
	fields = {
		field { key = "survey_note", label = "调研情况", type = "long", required = true, article = "13(2)1",
			help = "何时、以何方式调研；新建系统没有现有配置的，写明参照了什么" },
		field { key = "survey", label = "现有配置", type = "list", required_when = { "is", "kind", "迁云" }, article = "13(2)1",
			help = "系统现在用的每台服务器一行",
			columns = {
				field { key = "name", label = "服务器用途", type = "text", required = true },
				field { key = "count", label = "数量", type = "integer", unit = "台", min = 1, required = true },
				field { key = "vcpu", label = "CPU", type = "integer", unit = "核", min = 0, required = true },
				field { key = "memory_gb", label = "内存", type = "integer", unit = "GB", min = 0, required = true },
				field { key = "storage_gb", label = "存储", type = "integer", unit = "GB", min = 0, required = true },
				field { key = "usage", label = "使用情况", type = "text", help = "CPU、内存、存储现在的使用率" },
			} },
		field { key = "estimates", label = "上云后预估使用率", type = "list", required = true, article = "13(2)1", help = "附件 2 的每个资源一行",
			columns = {
				field { key = "name", label = "资源名称", type = "text", required = true, help = "与附件 2 的资源名称相同" },
				field { key = "vcpu_pct", label = "vCPU", type = "decimal", unit = "%", min = 0, max = 100 },
				field { key = "memory_pct", label = "内存", type = "decimal", unit = "%", min = 0, max = 100 },
				field { key = "storage_pct", label = "存储", type = "decimal", unit = "%", min = 0, max = 100 },
				field { key = "remark", label = "说明", type = "text", help = "不能以使用率衡量的服务在此说明" },
			} },
		field { key = "load_standard_met", label = "是否符合负载标准", type = "bool", required = true, article = "13(2)1", help = "对照附件 3（粤政数函〔2020〕89 号）" },
		field { key = "vm_remarks", label = "大规格虚拟机说明", type = "list", required_when = large_vm, article = "13(2)3",
			help = "vCPU 超过 8 核或内存超过 32GB 的虚拟机，每台（种）一行（第十三条（二）⒊）",
			columns = {
				field { key = "name", label = "资源名称", type = "text", required = true, help = "与附件 2 的资源名称相同" },
				field { key = "remark", label = "核实说明", type = "text", required = true, help = "服务器类型、应用规模，为什么需要这样大" },
			} },
		field { key = "storage_growth", label = "数据增长说明", type = "long", required_when = large_storage, article = "13(2)4",
			help = "现有数据量和以后的增长趋势（第十三条（二）⒋）" },
		field { key = "storage_agreed_operator", label = "评估实施单位是否同意大容量存储", type = "bool", required_when = large_storage, article = "13(2)4",
			help = "依据使用单位的书面说明" },
	},
}
