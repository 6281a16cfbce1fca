-- 附件 13: the month's resources and fees. Articles 43, 44 and 46. Money in yuan with two decimals.
return form_fields {
	id = "annex-13", annex = 13, article = "46",
	title = "XX 年 XX 月广东“数字政府”政务云梅州节点云资源使用及费用统计表",
	fields = {
		field { key = "month", label = "结算月份", type = "month", required = true, article = "43", help = "资源使用的那个月，一个月一张工单" },
		field { key = "fees", label = "使用及费用", type = "list", required = true, article = "44", help = "每个资源一行；配置有变动的，变动前后各一行",
			columns = {
				field { key = "tenant", label = "使用单位", type = "text", required = true },
				field { key = "system", label = "系统", type = "text", required = true, help = "登记册中的系统编号" },
				field { key = "resource", label = "资源编号", type = "text", required = true },
				field { key = "type", label = "资源类型", type = "text", required = true },
				field { key = "spec", label = "配置", type = "text", help = "例如“8 核 16GB 200GB”" },
				field { key = "from", label = "起", type = "date", required = true, help = "开通当日计费" },
				field { key = "to", label = "止", type = "date", required = true, help = "本月最后计费的一日，撤销当日不计" },
				field { key = "days", label = "使用天数", type = "integer", unit = "天", min = 0, max = 31, required = true },
				field { key = "unit_price", label = "月单价", type = "decimal", unit = "元", min = 0, required = true, help = "价格表所列" },
				field { key = "amount", label = "金额", type = "decimal", unit = "元", required = true },
				field { key = "change", label = "本月变动", type = "choice", choices = { "新增", "调整", "撤销", "备份" }, help = "没有变动的不填；有变动的须重点复核（第四十五条）" },
				field { key = "of_month", label = "更正月份", type = "month", help = "更正已结算的月份的，填那个月份；金额是应补（正）或应退（负）的差额" },
				field { key = "note", label = "备注", type = "text" },
			} },
		field { key = "total", label = "合计金额", type = "decimal", unit = "元", required = true },
		field { key = "differences", label = "差异说明", type = "list", help = "与程序按台账算出的结果不同的，每处一行",
			columns = {
				field { key = "resource", label = "资源编号", type = "text", required = true },
				field { key = "of_month", label = "更正月份", type = "month", help = "差异在更正行里的，填那一行的更正月份" },
				field { key = "computed", label = "程序计算金额", type = "decimal", unit = "元", required = true, help = "该资源各行合计；没有列的填 0" },
				field { key = "listed", label = "表中金额", type = "decimal", unit = "元", required = true, help = "该资源各行合计；没有列的填 0" },
				field { key = "explanation", label = "差异原因", type = "text", required = true },
			} },
	},
}
