-- What nobody is refused for, but somebody has to do: the reminders of the dashboard cite these.
return {
	duty { id = "periodic-report", article = "9(3)", party = "reviewer", name = "定期通报" },
	duty { id = "prompt", article = "13(1)", name = "“及时”环节不久等" },
	duty { id = "warn-late", article = "17(5)", name = "逾期的通报、警示" },
	duty { id = "warn-provision", article = "16(3)", name = "延期发放的工作警示" },
	duty { id = "half-year-review", article = "19(1)", name = "半年使用率评估", months = 6 },
	duty { id = "dengbao", article = "38", name = "等级保护登记" },
	duty { id = "miping", article = "40", name = "商用密码登记" },
	duty { id = "online", article = "17(4)", name = "系统上线日期" },
	duty { id = "urgent", article = "48", name = "紧急特殊情况" },
}
