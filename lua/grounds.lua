-- What article 24(2) calls idle: how long after its resources were handed over (stage `since` was left) an
-- apply ticket had not come so far. It holds when more than more_than_days have passed, the stage `left` was left,
-- `not_left` was not, and the field `lacks` is empty. The ids are the choices of annex 10.
return {
	ground { id = "发放超过 30 天未开展部署", article = "24(2)1", since = "provision", more_than_days = 30, not_left = "deploy", lacks = "deploy_started_on" },
	ground { id = "发放超过 60 天未完成部署", article = "24(2)2", since = "provision", more_than_days = 60, not_left = "deploy" },
	ground { id = "发放超过 90 天未检测上线", article = "24(2)3", since = "provision", more_than_days = 90, left = "deploy", not_left = "golive" },
}
