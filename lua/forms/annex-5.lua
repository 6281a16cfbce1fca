-- 附件 5: the report of a test that shows how much a PaaS service needs. Article 12(4).
return form_fields {
	id = "annex-5", annex = 5, article = "12(4)",
	title = "xxx 系统测试报告",
	fields = {
		field { key = "load_tested_on", label = "测试日期", type = "date", required = true },
		field { key = "load_environment", label = "测试环境", type = "long", required = true, help = "测试所用的服务器、软件和网络配置" },
		field { key = "load_scenario", label = "测试场景和方法", type = "long", required = true, help = "测了哪些业务，用什么工具，压力怎样加" },
		field { key = "load_users", label = "并发用户数", type = "integer", unit = "个", min = 1, required = true },
		field { key = "load_results", label = "测试结果", type = "list", required = true, help = "每种 PaaS 资源一行",
			columns = {
				field { key = "name", label = "资源名称", type = "text", required = true, help = "与附件 2 的资源名称相同" },
				field { key = "type", label = "资源类型", type = "choice", required = true,
					choices = { "PaaS 数据库", "PaaS 容器", "PaaS 大数据平台" } },
				field { key = "vcpu", label = "测试用 vCPU", type = "integer", unit = "核", min = 0, required = true },
				field { key = "memory_gb", label = "测试用内存", type = "integer", unit = "GB", min = 0, required = true },
				field { key = "vcpu_peak_pct", label = "vCPU 峰值使用率", type = "decimal", unit = "%", min = 0, max = 100, required = true },
				field { key = "memory_peak_pct", label = "内存峰值使用率", type = "decimal", unit = "%", min = 0, max = 100, required = true },
			} },
		field { key = "load_conclusion", label = "测试结论", type = "long", required = true, help = "由测试结果怎样得出附件 2 中的申请量" },
	},
}
