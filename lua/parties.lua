-- The kinds of parties of article 5. `only` = how many the register may hold.
return {
	party { id = "tenant", name = "云资源使用单位", short = "使用单位", article = "7" },
	party { id = "bureau", name = "县级政务服务数据管理局", short = "县级政数局", article = "12(1)" },
	party { id = "coordinator", name = "云资源统筹管理单位", short = "统筹管理单位", article = "6", only = 1 },
	party { id = "operator", name = "云资源评估实施单位", short = "评估实施单位", article = "8", only = 1 },
	party { id = "reviewer", name = "云资源复核单位", short = "复核单位", article = "9", only = 1 },
}
