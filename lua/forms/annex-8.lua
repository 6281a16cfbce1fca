-- 附件 8: the request for more or less of running resources. Article 19.
local out = { "is", "direction", "扩容" }
local shrinking_vm = { "all", { "is", "direction", "缩容" }, { "is", "type", "虚拟机" } }
local vm, database = { "is", "type", "虚拟机" }, { "is", "type", "PaaS 数据库" }
local database_compute = { "all", database, { "any", { "filled", "vcpu" }, { "filled", "memory_gb" } } }

return form_fields {
	id = "annex-8", annex = 8, article = "19(1)",
	title = "广东“数字政府”政务云梅州节点 IaaS 资源调整申请表",
	fields = {
		field { key = "adjust_source", label = "调整来由", type = "choice", required = true, choices = { "业务需要", "半年评估" }, article = "19(1)",
			help = "评估实施单位每半年评估后提出的，填“半年评估”" },
		field { key = "contact_post", label = "联系岗位", type = "text", required = true, help = "填岗位，不填个人姓名和电话" },
		field { key = "adjust_reason", label = "调整理由", type = "long", required = true, help = "业务有什么变化，调整后预计的使用率" },
		field { key = "wanted_on", label = "希望完成日期", type = "date" },
		field { key = "resources", label = "调整资源", type = "list", required = true, article = "19(2)",
			help = "每个资源一行；配置填调整后的值，不变的不填",
			columns = {
				field { key = "id", label = "资源编号", type = "text", required = true, help = "发放单上的编号" },
				field { key = "name", label = "资源名称", type = "text", required = true },
				field { key = "type", label = "资源类型", type = "choice", required = true, choices = { "虚拟机", "PaaS 数据库", "PaaS 容器" } },
				field { key = "direction", label = "扩容或缩容", type = "choice", required = true, choices = { "扩容", "缩容" },
					help = "同一资源有扩有缩的，分两行填" },
				field { key = "count", label = "调整后数量", type = "integer", unit = "台（项）", min = 1, help = "数量有变的才填" },
				field { key = "vcpu", label = "调整后 vCPU", type = "integer", unit = "核", min = 0,
					required_when = { "not", { "any", { "filled", "count" }, { "filled", "memory_gb" }, { "filled", "storage_gb" } } },
					help = "各项配置至少填一项" },
				field { key = "memory_gb", label = "调整后内存", type = "integer", unit = "GB", min = 0 },
				field { key = "storage_gb", label = "调整后存储", type = "integer", unit = "GB", min = 0 },
				field { key = "vcpu_peak_pct", label = "前 5 个工作日 vCPU 峰值使用率", type = "decimal", unit = "%", min = 0, max = 100,
					required_when = { "all", out, { "any", { "all", vm, { "filled", "vcpu" } }, database_compute, { "is", "type", "PaaS 容器" } } },
					help = "扩容须不低于 60%（第十九条（二））" },
				field { key = "vcpu_mean_pct", label = "前 5 个工作日 vCPU 平均使用率", type = "decimal", unit = "%", min = 0, max = 100,
					required_when = { "all", out, database_compute }, article = "19(2)4",
					help = "PaaS 数据库扩计算资源须不低于 40%（第十九条（二）⒋）" },
				field { key = "memory_peak_pct", label = "前 5 个工作日内存峰值使用率", type = "decimal", unit = "%", min = 0, max = 100,
					required_when = { "all", out, vm, { "filled", "memory_gb" } }, article = "19(2)2",
					help = "虚拟机扩内存须不低于 40%（第十九条（二）⒉）" },
				field { key = "storage_pct", label = "当前存储使用率", type = "decimal", unit = "%", min = 0, max = 100,
					required_when = { "all", out, { "any", vm, database }, { "filled", "storage_gb" } },
					help = "扩存储须不低于 60%（第十九条（二）⒊、⒌）" },
				field { key = "low_load_month", label = "低负载月份", type = "month", required_when = shrinking_vm, article = "19(3)",
					help = "缩容所依据的那个月" },
				field { key = "low_load_days", label = "当月低负载天数", type = "integer", unit = "天", min = 0, max = 31,
					required_when = shrinking_vm, article = "19(3)1", help = "多于 15 天的当月为低负载（第十九条（三）⒈）" },
				field { key = "remark", label = "说明", type = "text" },
			} },
	},
}
