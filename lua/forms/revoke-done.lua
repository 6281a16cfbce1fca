-- The resources as taken back. Article 26.2.
return form_fields {
	id = "revoke-done", article = "26.2",
	title = "云资源撤销结果表",
	fields = {
		field { key = "revoked", label = "已撤销资源", type = "list", required = true, help = "每个资源一行",
			columns = {
				field { key = "id", label = "资源编号", type = "text", required = true },
				field { key = "name", label = "资源名称", type = "text", required = true },
				field { key = "type", label = "资源类型", type = "text", help = "只撤销虚拟机的备份而留下虚拟机的，填“备份”；不填则连同备份一并撤销" },
				field { key = "revoked_on", label = "撤销日期", type = "date", required = true, article = "43", help = "这一日起不再计费" },
				field { key = "remark", label = "说明", type = "text" },
			} },
		field { key = "revoke_checked", label = "是否已检查确认", type = "bool", must = true, required = true },
	},
}
