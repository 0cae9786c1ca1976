namespace Crm.Grains.Sessions;

/// <summary>What may be asked of one session. A command states intent and may be refused.</summary>
public abstract record SessionCommand
{
    private SessionCommand() { }

    /// <summary>Somebody has signed in.</summary>
    /// <param name="Method">One of <see cref="SessionRules.Methods"/>.</param>
    /// <param name="From">The address the request came from.</param>
    /// <param name="Agent">What the browser calls itself.</param>
    public sealed record Start(Guid UserId, string Method, string? From, string? Agent) : SessionCommand;

    /// <summary>Somebody tried to sign in as a user and could not.</summary>
    /// <param name="Reason">One of <see cref="SessionRules.Refusals"/>.</param>
    public sealed record Refuse(Guid UserId, string Reason, string? From, string? Agent) : SessionCommand;

    /// <param name="Reason">One of <see cref="SessionRules.Endings"/>.</param>
    public sealed record End(string Reason) : SessionCommand;
}
