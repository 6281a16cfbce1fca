-- 账号与远程访问: article 37.
return flow {
	id = "access", name = "账号与远程访问", prefix = "FW", chapter = 7, article = "37",
	chart = "账号与远程访问流程图（第三十七条）",
	opens = "tenant",
	stages = {
		stage { id = "request", name = "申请", party = "tenant", article = "37",
			needs = {
				form { "access-request", article = "37" },
				-- Names and mobiles in full are in this paper only, sealed for the operator.
				paper { "账号使用人信息（密封）", article = "37", when = { "filled", "accounts" } },
				check { "access-named-person", when = { "filled", "accounts" } },
				check { "access-port-exact", when = { "filled", "ports" } },
			},
			outcomes = { outcome { id = "submit", name = "提交", to = "open" } } },
		stage { id = "open", name = "开通", party = "operator", article = "37",
			needs = { form { "access-done", article = "37" } },
			outcomes = { outcome { id = "open", name = "开通", to = "closed" } } },
	},
}
