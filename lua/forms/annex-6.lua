-- 附件 6: the request for the security test before going online. Article 17(2).
return form_fields {
	id = "annex-6", annex = 6, article = "17(2)",
	title = "广东“数字政府”政务云梅州节点政务信息系统迁云上云安全检测申请表",
	fields = {
		field { key = "system_type", label = "系统类型", type = "choice", required = true,
			choices = { "网站", "业务系统", "移动应用或小程序", "接口服务", "其他" } },
		field { key = "system_summary", label = "系统简介", type = "long", required = true, help = "主要功能、服务对象、所用的数据库和中间件" },
		field { key = "protection_level", label = "等级保护级别", type = "choice", required = true,
			choices = { "尚未定级", "第一级", "第二级", "第三级", "第四级" }, help = "上线后须及时办理定级、备案和测评（第三十八条）" },
		field { key = "internet_facing", label = "是否面向互联网", type = "bool", required = true },
		field { key = "test_targets", label = "检测对象", type = "list", required = true, help = "每个域名或地址一行",
			columns = {
				field { key = "address", label = "域名或地址", type = "text", required = true, help = "写全，例如 https://example.gov.cn/app" },
				field { key = "port", label = "端口", type = "integer", min = 1, max = 65535, required = true },
				field { key = "id", label = "资源编号", type = "text", help = "承载它的资源，发放单上的编号" },
				field { key = "remark", label = "说明", type = "text", help = "不写账号口令" },
			} },
		field { key = "test_planned_on", label = "希望检测日期", type = "date", required = true, help = "首次检测在 5 个工作日内完成（第十七条（三））" },
		field { key = "test_contact_post", label = "检测联系岗位", type = "text", required = true, help = "填岗位，不填个人姓名和电话" },
		field { key = "test_remark", label = "检测注意事项", type = "long", help = "例如不可检测的时段；测试账号另行密封交付" },
	},
}
