-- What the regulation leaves open, and the choice this office made. One line each: change the
-- choice here (a commit of the coordinator's) and everything that depends on it follows.
-- `value` is what flows and rules use: reading_value "id".
return {
	reading { id = "deploy-start", article = "17(1)", question = "部署 20 个工作日从哪一刻起算", choice = "自使用单位在“开通确认”作出“确认”起算，次日为第 1 日", value = { stage = "confirm", outcome = "confirm", which = "last" } },
	reading { id = "peak-five-days", article = "19(2)", question = "前 5 个工作日的“峰值使用率”取什么", choice = "取 5 个工作日各日峰值中的最高值", value = "max" },
	reading { id = "storage-months", article = "19(3)", question = "“存储可使用月数”怎样算", choice = "剩余空间除以最近 30 日的月均增长（30 日为一个月）；不足 30 日的按已有日数折算，只有一日的不判定；没有增长的，视为大于 12 个月", value = { days = 30, no_growth = "more-than-12" } },
	reading { id = "usage-coverage", article = "48", question = "采样不全的日子算不算", choice = "全天和工作时段的采样都不少于一半才判定，不足的如实列出", value = 50 },
	reading { id = "scale-out-mean", article = "19(2)", question = "“前 5 个工作日的平均使用率”怎样合计", choice = "5 个工作日（整个系统的，各台合在一起）工作时段的全部采样取平均；有一日不足以判定的，不下结论", value = "all-samples" },
	reading { id = "export-15", article = "44", question = "“15 日前”是否含 15 日，遇休息日是否顺延", choice = "含 15 日当日，不顺延", value = 15 },
	reading { id = "settle-25", article = "46", question = "“25 日前”是否含 25 日，遇休息日是否顺延", choice = "含 25 日当日，不顺延", value = 25 },
	reading { id = "prompt-no-limit", article = "13(1)", question = "“及时”有没有时限", choice = "没有法定时限，只显示已等待的工作日；超过 1 个工作日时提醒", value = 1 },
	reading { id = "this-month", article = "45", question = "“本月新增、调整、撤销、备份”指哪个月", choice = "指被结算的月份", value = "settled" },
	reading { id = "receipt-days", article = "36", question = "交接件多久没有回执算逾期", choice = "细则没有规定；交出后 3 个工作日没有回执的，在看板上提醒", value = 3 },
	reading { id = "register-soon", article = "38", question = "等保、密评到期前多久提醒，有效期多长", choice = "细则没有规定；有效期照测评报告登记，到期前 60 日起在看板上提醒", value = 60 },
	reading { id = "storage-each", article = "13(2)4", question = "存储需求“超过 500G”按单项还是按合计", choice = "按申请表每一行的单台（单项）存储量", value = 500 },
	reading { id = "day-rate", article = "43", question = "以天为单位怎样折算，哪一步四舍五入", choice = "一日为月单价 × 12 ÷ 365（写在价格表的 day_rate），每一行合计时四舍五入到分；开通当日计费，撤销当日不计，调整自当日起按新配置", value = "price-list" },
}
