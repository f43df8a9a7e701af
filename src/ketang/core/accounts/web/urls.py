from django.urls import path

from ketang.core.accounts.web.views import departments, login, me, posts, staff

urlpatterns = [
    path("login", login.login_page, name="login"),
    path("login/phone", login.phone, name="login_phone"),
    path("login/code", login.code, name="login_code"),
    path("logout", login.log_out, name="logout"),
    path("demo/become", login.become, name="demo_become"),
    path("kept", me.kept_form, name="kept"),
    path("kept/drop", me.drop_kept, name="kept_drop"),
    path("me", me.me, name="me"),
    path("me/password", me.password, name="me_password"),
    path("admin/departments", departments.listing, name="departments"),
    path("admin/departments/new", departments.new, name="department_new"),
    path("admin/departments/<int:department_id>", departments.one, name="department"),
    path("admin/departments/<int:department_id>/close", departments.close, name="department_close"),
    path("admin/staff", staff.listing, name="staff"),
    path("admin/staff/new", staff.new, name="staff_new"),
    path("admin/staff/<int:account_id>", staff.one, name="staff_one"),
    path("admin/staff/<int:account_id>/name", staff.rename, name="staff_rename"),
    path("admin/staff/<int:account_id>/password", staff.password, name="staff_password"),
    path("admin/staff/<int:account_id>/close", staff.close, name="staff_close"),
    path("admin/staff/<int:account_id>/reopen", staff.reopen, name="staff_reopen"),
    path("admin/staff/<int:account_id>/unlock", staff.unlock, name="staff_unlock"),
    path("admin/staff/<int:account_id>/posts", posts.propose, name="post_propose"),
    path("admin/posts", posts.waiting, name="posts_waiting"),
    path("admin/posts/<int:assignment_id>/deputy", posts.deputy, name="post_deputy"),
    path("admin/posts/<int:assignment_id>/approve", posts.approve, name="post_approve"),
    path("admin/posts/<int:assignment_id>/refuse", posts.refuse, name="post_refuse"),
    path("admin/posts/<int:assignment_id>/end", posts.end, name="post_end"),
    path("admin/lockouts", staff.lockouts, name="lockouts"),
]
