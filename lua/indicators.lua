-- How use is measured (article 48), what low load is (19(3)) and what a scale-out must show (19(2)).
-- A day is low-load when any low_load holds; each holds when all its bounds do. Storage counts as it stands.
-- whole_system: the figures are those of all machines of the system together. Percentages and months are whole numbers.
return {
	measured { article = "48", from = "08:00", to = "20:00", least_pct = reading_value "usage-coverage", growth_days = reading_value("storage-months").days },
	low_load { id = "vcpu", name = "vCPU", article = "19(3)2", all = { bound { "vcpu_peak_pct", at_most = 40, words = "vCPU 峰值使用率" }, bound { "vcpu_mean_pct", at_most = 20, words = "vCPU 平均使用率" } } },
	low_load { id = "memory", name = "内存", article = "19(3)2", all = { bound { "memory_mean_pct", at_most = 50, words = "内存平均使用率" } } },
	low_load { id = "storage", name = "存储", article = "19(3)2", all = { bound { "storage_months", more_than = 12, words = "存储可使用月数" } } },
	low_month { article = "19(3)1", more_than_days = 15 },
	scale_out_window { article = "19(2)", working_days = 5 },
	scale_out { type = "虚拟机", asks = "vcpu", name = "vCPU", article = "19(2)1", all = { bound { "vcpu_peak_pct", at_least = 60, words = "前 5 个工作日 vCPU 峰值使用率" } } },
	scale_out { type = "虚拟机", asks = "memory_gb", name = "内存", article = "19(2)2", all = { bound { "memory_peak_pct", at_least = 40, words = "前 5 个工作日内存峰值使用率" } } },
	scale_out { type = "虚拟机", asks = "storage_gb", name = "存储", article = "19(2)3", all = { bound { "storage_pct", at_least = 60, words = "当前存储使用率" } } },
	scale_out { type = "PaaS 数据库", asks = "compute", name = "计算资源", whole_system = true, article = "19(2)4", all = { bound { "vcpu_mean_pct", at_least = 40, words = "前 5 个工作日 vCPU 平均使用率" }, bound { "vcpu_peak_pct", at_least = 60, words = "前 5 个工作日 vCPU 峰值使用率" } } },
	scale_out { type = "PaaS 数据库", asks = "storage_gb", name = "存储", whole_system = true, article = "19(2)5", all = { bound { "storage_pct", at_least = 60, words = "当前存储使用率" } } },
	scale_out { type = "PaaS 容器", asks = "any", name = "容器", whole_system = true, article = "19(2)6", all = { bound { "vcpu_peak_pct", at_least = 60, words = "前 5 个工作日 vCPU 峰值使用率" } } },
}
