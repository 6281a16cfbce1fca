-- The receipt for a hand-over, as `yunjuan receive` writes it: content/handovers/<year>/<number>.receipt.md.
return form_fields {
	id = "receipt", article = "36", title = "交接回执",
	fields = {
		field { key = "number", label = "交接编号", type = "text", required = true },
		field { key = "from", label = "交出单位", type = "text", required = true, help = "单位编号" },
		field { key = "to", label = "接收单位", type = "text", required = true, help = "单位编号" },
		field { key = "received", label = "收到时间", type = "time", required = true },
		field { key = "tip", label = "含到哪个提交", type = "text", required = true },
		field { key = "signer", label = "交出单位签名人", type = "text" },
		field { key = "sm3", label = "清单的 SM3", type = "text", required = true, help = "交接件里 tagmanifest-sm3.txt 的摘要" },
		field { key = "note", label = "备注", type = "text" },
	},
}
