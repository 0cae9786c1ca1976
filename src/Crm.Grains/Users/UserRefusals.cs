namespace Crm.Grains.Users;

/// <summary>Every "no" of a user.</summary>
public static class UserRefusals
{
    public static readonly Refusal NotFound = Refusal.NotFound("There is no such user.");
    public static readonly Refusal LoginTaken = Refusal.Conflict("login-taken", "Another user has this login.", "login");
    public static readonly Refusal OtherLogin = Refusal.Conflict("state-conflict", "The user is registered under another login.", "login");
    public static readonly Refusal LoginInvalid = Refusal.Invalid("login-invalid", "A login has 1 to 100 letters, digits and . _ - @ +.", "login");
}
