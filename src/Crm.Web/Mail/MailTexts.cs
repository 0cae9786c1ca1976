namespace Crm.Web.Mail;

/// <summary>What mails say, in both languages. Plain text: nothing to escape, nothing to load.</summary>
internal static class MailTexts
{
    public static (string Subject, string Text) Of(string topic, string locale, string name, string company, string link) => (topic, locale) switch
    {
        ("invitation", "en") => (
            $"{company} invites you to its CRM",
            $"Hello {name},\n\nyou have been invited to the CRM of {company}. Choose a password here:\n\n{link}\n\nThe link is good for 7 days and works once.\n"),
        ("invitation", _) => (
            $"{company} 邀请您加入 CRM",
            $"{name}，您好：\n\n您已受邀加入 {company} 的 CRM。请打开以下链接设置密码：\n\n{link}\n\n链接 7 天内有效，仅可使用一次。\n"),
        ("reset", "en") => (
            "Choose a new password",
            $"Hello {name},\n\nsomebody, probably you, wants to set a new password for the CRM of {company}. Choose it here:\n\n{link}\n\nThe link is good for 30 minutes and works once. If it was not you, do nothing: your password stays as it is.\n"),
        _ => (
            "重设密码",
            $"{name}，您好：\n\n有人（可能是您本人）请求重设 {company} CRM 的密码。请打开以下链接设置新密码：\n\n{link}\n\n链接 30 分钟内有效，仅可使用一次。如非本人操作，请忽略此邮件，密码不会改变。\n"),
    };
}
