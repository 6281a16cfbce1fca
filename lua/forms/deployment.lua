-- The tenant's word that the system is deployed. Articles 17(1) and 17(2).
return form_fields {
	id = "deployment", article = "17(2)",
	title = "系统部署反馈表",
	fields = {
		field { key = "deploy_started_on", label = "开始部署日期", type = "date", required = true, article = "24(2)1",
			help = "一开始部署就填；发放超过 30 天未开始的，资源可以被撤销（第二十四条（二）⒈）" },
		field { key = "deployed_on", label = "部署完成日期", type = "date", required = true, article = "17(1)" },
		field { key = "deploy_summary", label = "部署情况", type = "long", required = true, help = "系统各部分部署在哪些资源上，数据是否迁移完毕" },
		field { key = "deploy_issues", label = "需要平台侧支持的事项", type = "long", article = "17(1)" },
	},
}
