"""Every permission there is. A permission has the stem of the verb it allows (DESIGN §3)."""

from enum import StrEnum


class Permission(StrEnum):
    # reading
    DESK_VIEW = "desk.view"
    REGION_VIEW = "region.view"
    RULE_VIEW = "rule.view"
    ORGANISATION_VIEW = "organisation.view"
    ENTERPRISE_VIEW = "enterprise.view"
    OBJECT_VIEW = "object.view"
    HIDDEN_DANGER_VIEW = "hidden_danger.view"
    SUPERVISION_LETTER_VIEW = "supervision_letter.view"
    ENFORCEMENT_LEAD_VIEW = "enforcement_lead.view"
    JOB_VIEW = "job.view"
    FILE_VIEW = "file.view"
    LEDGER_VIEW = "ledger.view"
    RECEIPT_VIEW = "receipt.view"
    INDICATOR_VIEW = "indicator.view"
    # accounts
    ACCOUNT_ADMINISTER = "account.administer"
    # spreadsheets
    SHEET_IMPORT = "sheet.import"
    CHECK_VIEW = "check.view"
    # the register
    ENTERPRISE_REGISTER = "enterprise.register"
    ENTERPRISE_EDIT = "enterprise.edit"
    SITE_REGISTER = "site.register"
    SITE_EDIT = "site.edit"
    SITE_REQUEST_RESUMPTION = "site.request_resumption"
    SITE_ACCEPT_RESUMPTION = "site.accept_resumption"
    SITE_TRANSFER = "site.transfer"
    ENTERPRISE_MERGE = "enterprise.merge"
    OBJECT_EDIT = "object.edit"
    LICENCE_EDIT = "licence.edit"
    # grids
    GRID_VIEW = "grid.view"
    GRID_EDIT = "grid.edit"
    # the loop, in the order of DOMAIN §4
    HIDDEN_DANGER_REGISTER = "hidden_danger.register"
    HIDDEN_DANGER_RETURN_TO_REPORTER = "hidden_danger.return_to_reporter"
    HIDDEN_DANGER_DISMISS = "hidden_danger.dismiss"
    HIDDEN_DANGER_CONFIRM = "hidden_danger.confirm"
    HIDDEN_DANGER_PROPOSE_MAJOR = "hidden_danger.propose_major"
    HIDDEN_DANGER_CONFIRM_MAJOR = "hidden_danger.confirm_major"
    HIDDEN_DANGER_REFUSE_MAJOR = "hidden_danger.refuse_major"
    HIDDEN_DANGER_DISPATCH = "hidden_danger.dispatch"
    HIDDEN_DANGER_ACKNOWLEDGE = "hidden_danger.acknowledge"
    HIDDEN_DANGER_FILL_FIVE = "hidden_danger.fill_five"
    HIDDEN_DANGER_REQUEST_SUSPENSION = "hidden_danger.request_suspension"
    HIDDEN_DANGER_APPROVE_SUSPENSION = "hidden_danger.approve_suspension"
    HIDDEN_DANGER_REFUSE_SUSPENSION = "hidden_danger.refuse_suspension"
    HIDDEN_DANGER_RESUME = "hidden_danger.resume"
    HIDDEN_DANGER_SUBMIT_RECTIFICATION = "hidden_danger.submit_rectification"
    HIDDEN_DANGER_RETURN = "hidden_danger.return"
    HIDDEN_DANGER_ACCEPT_RECTIFICATION = "hidden_danger.accept_rectification"
    HIDDEN_DANGER_CLOSE = "hidden_danger.close"
    HIDDEN_DANGER_TERMINATE = "hidden_danger.terminate"
    # 挂牌督办
    SUPERVISION_LISTING_VIEW = "supervision_listing.view"
    SUPERVISION_LISTING_LIST = "supervision_listing.list"
    SUPERVISION_LISTING_REPORT_PROGRESS = "supervision_listing.report_progress"
    SUPERVISION_LISTING_SET_CONTROLS = "supervision_listing.set_controls"
    SUPERVISION_LISTING_REQUEST_RELEASE = "supervision_listing.request_release"
    SUPERVISION_LISTING_RECHECK = "supervision_listing.recheck"
    SUPERVISION_LISTING_REFUSE_RELEASE = "supervision_listing.refuse_release"
    SUPERVISION_LISTING_RELEASE = "supervision_listing.release"
    # 隐患清单签字
    SIGNED_LIST_VIEW = "signed_list.view"
    SIGNED_LIST_SIGN = "signed_list.sign"
    # 活动保障
    SAFEGUARD_VIEW = "safeguard.view"
    SAFEGUARD_EDIT = "safeguard.edit"
    # the detours of the loop
    HIDDEN_DANGER_REPORT_UP = "hidden_danger.report_up"
    HIDDEN_DANGER_MERGE_DUPLICATE = "hidden_danger.merge_duplicate"
    HIDDEN_DANGER_FIX_ON_THE_SPOT = "hidden_danger.fix_on_the_spot"
    HIDDEN_DANGER_BOUNCE = "hidden_danger.bounce"
    HIDDEN_DANGER_REDISPATCH = "hidden_danger.redispatch"
    HIDDEN_DANGER_DESIGNATE = "hidden_danger.designate"
    HIDDEN_DANGER_REQUEST_EXTENSION = "hidden_danger.request_extension"
    HIDDEN_DANGER_APPROVE_EXTENSION = "hidden_danger.approve_extension"
    HIDDEN_DANGER_REFUSE_EXTENSION = "hidden_danger.refuse_extension"
    HIDDEN_DANGER_LOOK_BACK = "hidden_danger.look_back"
    HIDDEN_DANGER_WITHDRAW = "hidden_danger.withdraw"
    HIDDEN_DANGER_CORRECT = "hidden_danger.correct"
    HIDDEN_DANGER_COMMENT = "hidden_danger.comment"
    HIDDEN_DANGER_EXPORT = "hidden_danger.export"
    HIDDEN_DANGER_URGE = "hidden_danger.urge"
    HIDDEN_DANGER_DIRECT = "hidden_danger.direct"
    # checks
    CHECK_REGISTER = "check.register"
    CHECK_VOID = "check.void"
    CHECK_RATE = "check.rate"
    CHECK_EXPORT = "check.export"
    CHECKLIST_EDIT = "checklist.edit"
    SELF_CHECK_FILE = "self_check.file"
    SELF_CHECK_SAMPLE = "self_check.sample"


LABELS: dict[Permission, str] = {
    Permission.DESK_VIEW: "进入工作台",
    Permission.REGION_VIEW: "查看区划",
    Permission.RULE_VIEW: "查看和试算规则",
    Permission.ORGANISATION_VIEW: "查看组织机构",
    Permission.ENTERPRISE_VIEW: "查看企业",
    Permission.OBJECT_VIEW: "查看监管对象",
    Permission.HIDDEN_DANGER_VIEW: "查看隐患",
    Permission.SUPERVISION_LETTER_VIEW: "查看督办函",
    Permission.ENFORCEMENT_LEAD_VIEW: "查看执法线索",
    Permission.JOB_VIEW: "查看后台任务",
    Permission.FILE_VIEW: "查看附件",
    Permission.LEDGER_VIEW: "查看存证账本",
    Permission.RECEIPT_VIEW: "取自己的存证回执",
    Permission.INDICATOR_VIEW: "查看统计",
    Permission.ACCOUNT_ADMINISTER: "管理账号和授权",
    Permission.SHEET_IMPORT: "导入表格",
    Permission.ENTERPRISE_REGISTER: "登记企业",
    Permission.ENTERPRISE_EDIT: "修改企业",
    Permission.SITE_REGISTER: "登记场所",
    Permission.SITE_EDIT: "修改场所",
    Permission.SITE_REQUEST_RESUMPTION: "申请复产验收",
    Permission.SITE_ACCEPT_RESUMPTION: "复产验收",
    Permission.SITE_TRANSFER: "移交和接收场所",
    Permission.ENTERPRISE_MERGE: "合并重复企业、场所",
    Permission.OBJECT_EDIT: "登记和修改监管对象",
    Permission.LICENCE_EDIT: "登记和修改证照",
    Permission.GRID_VIEW: "查看网格",
    Permission.GRID_EDIT: "维护网格",
    Permission.HIDDEN_DANGER_REGISTER: "登记隐患",
    Permission.HIDDEN_DANGER_RETURN_TO_REPORTER: "退回上报人",
    Permission.HIDDEN_DANGER_DISMISS: "认定不成立",
    Permission.HIDDEN_DANGER_CONFIRM: "核定隐患",
    Permission.HIDDEN_DANGER_PROPOSE_MAJOR: "提请判定重大",
    Permission.HIDDEN_DANGER_CONFIRM_MAJOR: "判定为重大",
    Permission.HIDDEN_DANGER_REFUSE_MAJOR: "判定不属重大",
    Permission.HIDDEN_DANGER_DISPATCH: "交办隐患",
    Permission.HIDDEN_DANGER_ACKNOWLEDGE: "签收",
    Permission.HIDDEN_DANGER_FILL_FIVE: "填报五到位",
    Permission.HIDDEN_DANGER_REQUEST_SUSPENSION: "申请暂缓整改",
    Permission.HIDDEN_DANGER_APPROVE_SUSPENSION: "批准暂缓整改",
    Permission.HIDDEN_DANGER_REFUSE_SUSPENSION: "不批准暂缓",
    Permission.HIDDEN_DANGER_RESUME: "恢复整改",
    Permission.HIDDEN_DANGER_SUBMIT_RECTIFICATION: "报验",
    Permission.HIDDEN_DANGER_RETURN: "验收退回",
    Permission.HIDDEN_DANGER_ACCEPT_RECTIFICATION: "验收",
    Permission.HIDDEN_DANGER_CLOSE: "销号",
    Permission.HIDDEN_DANGER_TERMINATE: "终结",
    Permission.SUPERVISION_LISTING_VIEW: "查看挂牌督办",
    Permission.SUPERVISION_LISTING_LIST: "挂牌督办",
    Permission.SUPERVISION_LISTING_REPORT_PROGRESS: "报月进展",
    Permission.SUPERVISION_LISTING_SET_CONTROLS: "落实管控措施",
    Permission.SUPERVISION_LISTING_REQUEST_RELEASE: "申请摘牌",
    Permission.SUPERVISION_LISTING_RECHECK: "复查合格",
    Permission.SUPERVISION_LISTING_REFUSE_RELEASE: "复查不合格",
    Permission.SUPERVISION_LISTING_RELEASE: "摘牌",
    Permission.SIGNED_LIST_VIEW: "查看隐患清单",
    Permission.SIGNED_LIST_SIGN: "签字隐患清单",
    Permission.SAFEGUARD_VIEW: "查看活动保障",
    Permission.SAFEGUARD_EDIT: "登记保障活动",
    Permission.HIDDEN_DANGER_REPORT_UP: "上报上级",
    Permission.HIDDEN_DANGER_MERGE_DUPLICATE: "合并重复",
    Permission.HIDDEN_DANGER_FIX_ON_THE_SPOT: "立即整改",
    Permission.HIDDEN_DANGER_BOUNCE: "退件",
    Permission.HIDDEN_DANGER_REDISPATCH: "转办",
    Permission.HIDDEN_DANGER_DESIGNATE: "指定承办",
    Permission.HIDDEN_DANGER_REQUEST_EXTENSION: "申请延期",
    Permission.HIDDEN_DANGER_APPROVE_EXTENSION: "批准延期",
    Permission.HIDDEN_DANGER_REFUSE_EXTENSION: "不批准延期",
    Permission.HIDDEN_DANGER_LOOK_BACK: "回头看",
    Permission.HIDDEN_DANGER_WITHDRAW: "撤回",
    Permission.HIDDEN_DANGER_CORRECT: "更正",
    Permission.HIDDEN_DANGER_COMMENT: "留言",
    Permission.HIDDEN_DANGER_EXPORT: "导出隐患台账",
    Permission.HIDDEN_DANGER_URGE: "催办",
    Permission.HIDDEN_DANGER_DIRECT: "登记领导调度",
    Permission.CHECK_VIEW: "查看检查",
    Permission.CHECK_REGISTER: "登记检查",
    Permission.CHECK_VOID: "作废检查",
    Permission.CHECK_RATE: "评价检查",
    Permission.CHECK_EXPORT: "导出检查台账",
    Permission.CHECKLIST_EDIT: "编制检查表",
    Permission.SELF_CHECK_FILE: "报送企业自查",
    Permission.SELF_CHECK_SAMPLE: "抽查企业自查",
}
