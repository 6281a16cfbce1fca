-- What the operator opened, with least privilege. Article 37.
return form_fields {
	id = "access-done", article = "37",
	title = "账号与远程访问开通表",
	fields = {
		field { key = "access_opened", label = "开通内容和权限", type = "long", required = true, help = "开了哪些账号、端口，各有什么权限；不写口令" },
		field { key = "least_privilege", label = "是否只开必要权限", type = "bool", must = true, required = true },
		field { key = "sms_required", label = "是否每次登录短信验证", type = "bool", must = true, required_when = { "filled", "accounts" }, help = "登录密码每次由短信随机下发，绑定本人手机" },
	},
}
