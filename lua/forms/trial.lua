-- The tenant's test after an adjustment. Article 21(1)3.
return form_fields {
	id = "trial", article = "21(1)3",
	title = "调整后系统测试表",
	fields = {
		field { key = "functions_ok", label = "各项功能是否正常", type = "bool", must = true, required = true },
		field { key = "interfaces_ok", label = "各个接口是否正常", type = "bool", must = true, required = true },
		field { key = "trial_result", label = "测试情况", type = "long", required = true, help = "测了哪些功能和接口，结果怎样" },
	},
}
