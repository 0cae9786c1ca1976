using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Crm.Runtime.Journal;

namespace Crm.Web.Session;

/// <summary>What a mailed link is for.</summary>
public enum TicketPurpose
{
    Invitation,
    Reset,
}

/// <summary>Links that are mailed: each lets one person set a password, once. A newer one for the same person voids the older.</summary>
public sealed class Tickets(IGrainStore store, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _taking = new(1);

    /// <summary>How long a link is good.</summary>
    public static TimeSpan LifetimeOf(TicketPurpose purpose) => purpose == TicketPurpose.Reset ? TimeSpan.FromMinutes(30) : TimeSpan.FromDays(7);

    /// <returns>The token of the link; only its hash is stored.</returns>
    internal async Task<string> IssueAsync(TicketPurpose purpose, string login, LoginSecret person, CancellationToken cancel)
    {
        var token = Credentials.NewToken();
        var hash = Credentials.HashOf(token);
        await VoidAsync(person.UserId, cancel);
        var ticket = new TicketSecret(purpose, Credentials.Fold(login), time.GetUtcNow() + LifetimeOf(purpose), person.Stamp);
        await store.WriteSecretAsync($"ticket:{hash}", JsonSerializer.SerializeToUtf8Bytes(ticket, TicketJson.Default.TicketSecret), cancel);
        await store.WriteSecretAsync(NameOf(person.UserId), Encoding.UTF8.GetBytes(hash), cancel);
        return token;
    }

    /// <summary>What a link is for, without using it up; null when it is not good, or not any more.</summary>
    internal async ValueTask<TicketSecret?> FindAsync(string token, CancellationToken cancel) =>
        await store.ReadSecretAsync($"ticket:{Credentials.HashOf(token)}", cancel) is { } json
            && JsonSerializer.Deserialize(json, TicketJson.Default.TicketSecret) is { } ticket && ticket.Until > time.GetUtcNow()
            ? ticket
            : null;

    /// <summary>Uses a link up.</summary>
    /// <returns>True for one caller only.</returns>
    internal async Task<bool> TakeAsync(string token, CancellationToken cancel)
    {
        await _taking.WaitAsync(cancel);
        try
        {
            if (await FindAsync(token, cancel) is null)
            {
                return false;
            }

            await store.WriteSecretAsync($"ticket:{Credentials.HashOf(token)}", null, cancel);
            return true;
        }
        finally
        {
            _taking.Release();
        }
    }

    /// <summary>Voids the link that a person has, if any.</summary>
    public async Task VoidAsync(Guid userId, CancellationToken cancel)
    {
        if (await store.ReadSecretAsync(NameOf(userId), cancel) is { } hash)
        {
            await store.WriteSecretAsync($"ticket:{Encoding.UTF8.GetString(hash)}", null, cancel);
            await store.WriteSecretAsync(NameOf(userId), null, cancel);
        }
    }

    public void Dispose() => _taking.Dispose();

    private static string NameOf(Guid userId) => $"ticket-of:{userId:N}";
}

/// <param name="Stamp">The login's when it was issued: a password that was set meanwhile, or a login that was shut, voids it.</param>
internal sealed record TicketSecret(TicketPurpose Purpose, string Login, DateTimeOffset Until, int Stamp);

[JsonSerializable(typeof(TicketSecret))]
internal sealed partial class TicketJson : JsonSerializerContext;
