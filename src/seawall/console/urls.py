"""Every page: its address, who may open it, its view and its name."""

from django.urls import path

from seawall.cases.actor import Permission
from seawall.console import account as accounts
from seawall.console import (
    appeals,
    audit,
    case,
    deciding,
    exposure,
    figures,
    guard,
    media,
    people,
    preferences,
    proposals,
    queue,
    reveal,
    reviews,
    terms,
    working,
)
from seawall.console.access import only, signed_in, whoever
from seawall.console.home import home
from seawall.console.signing_in import views as door

SEE, WORK, DECIDE = Permission.SEE_CASES, Permission.WORK, Permission.DECIDE
REVEAL, APPROVE, TERMS = Permission.REVEAL, Permission.APPROVE, Permission.TERMS
AUDIT, FIGURES, MANAGE = Permission.SEE_AUDIT, Permission.SEE_FIGURES, Permission.MANAGE_PEOPLE

urlpatterns = [
    path("", signed_in(home), name="home"),
    path("sign-in/", whoever(door.sign_in), name="sign-in"),
    path("sign-in/code/", whoever(door.code), name="code"),
    path("sign-in/password/", whoever(door.new_password), name="new-password"),
    path("sign-in/second-factor/", whoever(door.new_second_factor), name="new-second-factor"),
    path("sign-out/", signed_in(door.sign_out), name="sign-out"),
    path("stay/", signed_in(door.stay), name="stay"),
    path("queue/", only(WORK, queue.show), name="queue"),
    path("queue/next/", only(WORK, queue.take_next), name="take-next"),
    path("queue/filters/", only(WORK, queue.keep_filter), name="keep-filter"),
    path("queue/filters/drop/", only(WORK, queue.drop_filter), name="drop-filter"),
    path("cases/<int:number>/", only(SEE, case.show), name="case"),
    path("cases/<int:number>/members/", only(SEE, case.members), name="members"),
    path("cases/<int:number>/map/", only(SEE, case.drawn), name="drawn"),
    path("cases/<int:number>/claim/", only(WORK, working.claim), name="claim"),
    path("cases/<int:number>/release/", only(WORK, working.release), name="release"),
    path("cases/<int:number>/skip/", only(WORK, working.skip), name="skip"),
    path("cases/<int:number>/hand-over/", only(WORK, working.hand_over), name="hand-over"),
    path("cases/<int:number>/escalate/", only(WORK, working.escalate), name="escalate"),
    path("cases/<int:number>/notes/", only(WORK, working.note), name="note"),
    path("cases/<int:number>/preview/", only(DECIDE, deciding.preview), name="preview"),
    path("cases/<int:number>/decide/", only(DECIDE, deciding.decide), name="decide"),
    path("cases/<int:number>/accounts/<path:account>/file/", only(REVEAL, working.open_file), name="open-file"),
    path("cases/<int:number>/accounts/<path:account>/", only(SEE, accounts.show), name="account"),
    path("cases/<int:number>/texts/<int:item>/", only(REVEAL, reveal.reveal), name="reveal"),
    path("cases/<int:number>/texts/<int:item>/<int:look>/", only(REVEAL, reveal.close), name="close-look"),
    path("cases/<int:number>/texts/<int:item>/judge/", only(REVEAL, reveal.judge), name="judge"),
    path("approvals/", only(APPROVE, proposals.show), name="proposals"),
    path("approvals/<int:number>/", only(APPROVE, proposals.open_one), name="proposal"),
    path("approvals/<int:number>/evidence/", only(APPROVE, proposals.see_evidence), name="see-evidence"),
    path("approvals/<int:number>/decide/", only(APPROVE, proposals.decide), name="decide-proposal"),
    path("approvals/<int:number>/withdraw/", only(APPROVE, proposals.withdraw), name="withdraw-proposal"),
    path("approvals/<int:number>/review/", only(APPROVE, proposals.review), name="review-proposal"),
    path("terms/", only(TERMS, terms.show), name="terms"),
    path("terms/read/", only(TERMS, terms.reveal), name="reveal-term"),
    path("terms/blocks/", only(TERMS, terms.propose_block), name="propose-block"),
    path("media/", only(SEE, media.show), name="media"),
    path("guard/", only(FIGURES, guard.show), name="guard"),
    path("figures/", only(FIGURES, figures.show), name="figures"),
    path("audit/", only(AUDIT, audit.show), name="audit"),
    path("audit/verify/", only(AUDIT, audit.check), name="check-audit"),
    path("exposure/", signed_in(exposure.show), name="exposure"),
    path("exposure/stop/", signed_in(exposure.stop), name="stop"),
    path("appeals/", only(DECIDE, appeals.show), name="appeals"),
    path("appeals/<int:number>/", only(DECIDE, appeals.open_one), name="appeal"),
    path("appeals/<int:number>/take/", only(DECIDE, appeals.take), name="take-appeal"),
    path("appeals/<int:number>/decide/", only(DECIDE, appeals.decide), name="decide-appeal"),
    path("reviews/next/", only(DECIDE, reviews.take), name="take-review"),
    path("reviews/<int:number>/", only(DECIDE, reviews.show), name="review"),
    path("reviews/<int:number>/answer/", only(DECIDE, reviews.answer), name="answer-review"),
    path("people/", only(MANAGE, people.show), name="people"),
    path("people/add/", only(MANAGE, people.add), name="add-person"),
    path("people/<int:number>/reset/", only(MANAGE, people.reset), name="reset-access"),
    path("people/<int:number>/roles/", only(MANAGE, people.set_roles), name="set-roles"),
    path("people/<int:number>/active/", only(MANAGE, people.set_active), name="set-active"),
    path("preferences/", signed_in(preferences.show), name="preferences"),
]
