using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Crm.Grains.Kernel;
using Crm.Runtime.Journal;
using Crm.Silo.Rights;
using Microsoft.AspNetCore.Identity;

namespace Crm.Web.Session;

/// <summary>An open session.</summary>
/// <param name="Id">The session's record; <see cref="Guid.Empty"/> for one that was opened without.</param>
/// <param name="ConfirmedAt">When the person last proved who they are.</param>
public sealed record OpenSession(Asker Asker, Guid Id, string Login, DateTimeOffset Until, DateTimeOffset ConfirmedAt);

/// <summary>An API key that is good.</summary>
/// <param name="Scopes">Null is everything.</param>
public sealed record KnownKey(Asker Asker, IReadOnlyList<string>? Scopes, int? RequestsPerSecond);

/// <summary>
/// Passwords, sessions and API keys. Kept beside the journal, never in it: what is in the journal stays. Tokens and keys are stored as
/// SHA-256 only; they are random, so that is enough.
/// </summary>
public sealed class Credentials(IGrainStore store, IPasswordHasher<string> hasher, TimeProvider time) : IDisposable
{
    /// <summary>How long a session lasts without being used.</summary>
    public static readonly TimeSpan SessionLifetime = TimeSpan.FromDays(14);

    /// <summary>How long this process believes what it has read of a session or key: what another process revokes ends here too.</summary>
    public static readonly TimeSpan Belief = TimeSpan.FromSeconds(3);

    /// <summary>How coarse the last use of a key is known.</summary>
    public static readonly TimeSpan UseGrain = TimeSpan.FromMinutes(10);

    // a person who does not exist takes as long to refuse as one who does
    private readonly string _nobodysHash = hasher.HashPassword("", Guid.Empty.ToString());

    private readonly SemaphoreSlim _makingLogins = new(1);
    private readonly ConcurrentDictionary<string, Believed<KnownKey>> _keys = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Believed<OpenSession>> _sessions = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Guid, DateTimeOffset> _uses = new();

    /// <summary>Sets a password and ends every session there is. A login that is new is active; one that was shut stays shut.</summary>
    public async Task SetPasswordAsync(string login, Asker person, string password, CancellationToken cancel)
    {
        var known = await FindLoginAsync(login, cancel);
        var secret = new LoginSecret(
            person.Tenant, person.Id, person.Name, person.Role, hasher.HashPassword(login, password), known is not { IsActive: false }, (known?.Stamp ?? 0) + 1);
        await WriteAsync(LoginName(login), secret, CredentialJson.Default.LoginSecret, cancel);
        Forget(person.Id);
    }

    /// <summary>Makes a login that nobody can sign in with by password yet.</summary>
    public Task InviteAsync(string login, Asker person, CancellationToken cancel) =>
        WriteAsync(LoginName(login), new LoginSecret(person.Tenant, person.Id, person.Name, person.Role, null, IsActive: true), CredentialJson.Default.LoginSecret, cancel);

    /// <summary>Changes what a login stands for, or shuts it. Its sessions follow at once; those of a login that is shut end for good.</summary>
    public async Task UpdateLoginAsync(string login, string name, string role, bool isActive, CancellationToken cancel)
    {
        if (await FindLoginAsync(login, cancel) is not { } known)
        {
            return;
        }

        var next = known with { Name = name, Role = role, IsActive = isActive, Stamp = known.IsActive && !isActive ? known.Stamp + 1 : known.Stamp };
        await WriteAsync(LoginName(login), next, CredentialJson.Default.LoginSecret, cancel);
        Forget(known.UserId);
    }

    /// <summary>Removes a login for good; its sessions end.</summary>
    public async Task ForgetLoginAsync(string login, Guid userId, CancellationToken cancel)
    {
        await store.WriteSecretAsync(LoginName(login), null, cancel);
        Forget(userId);
    }

    /// <summary>Ends every session of a login.</summary>
    public async Task EndSessionsAsync(string login, CancellationToken cancel)
    {
        if (await FindLoginAsync(login, cancel) is { } known)
        {
            await WriteAsync(LoginName(login), known with { Stamp = known.Stamp + 1 }, CredentialJson.Default.LoginSecret, cancel);
            Forget(known.UserId);
        }
    }

    /// <summary>Lets one caller at a time make logins, so that between looking whether one is free and taking it nobody else does.</summary>
    /// <returns>Ends the turn when disposed.</returns>
    public async Task<IDisposable> TakeTurnAsync(CancellationToken cancel)
    {
        await _makingLogins.WaitAsync(cancel);
        return new Turn(_makingLogins);
    }

    public async Task<bool> IsTakenAsync(string login, CancellationToken cancel) => await store.ReadSecretAsync(LoginName(login), cancel) is not null;

    internal async ValueTask<LoginSecret?> FindLoginAsync(string login, CancellationToken cancel) => await ReadAsync(LoginName(login), CredentialJson.Default.LoginSecret, cancel);

    /// <summary>Checks a password. Takes as long for a login that does not exist.</summary>
    /// <returns>Whose login it is if there is one, and whether it lets them in.</returns>
    internal async Task<(LoginSecret? Login, bool IsRight)> CheckAsync(string login, string password, CancellationToken cancel)
    {
        var known = await FindLoginAsync(login, cancel);
        var verdict = hasher.VerifyHashedPassword(login, known?.PasswordHash ?? _nobodysHash, password);
        return (known, known is { IsActive: true, PasswordHash: not null } && verdict != PasswordVerificationResult.Failed);
    }

    /// <summary>Begins a session.</summary>
    /// <returns>The cookie's value; it is not stored.</returns>
    public Task<string> OpenSessionAsync(string login, Asker person, CancellationToken cancel) => OpenSessionAsync(login, person, Guid.Empty, cancel);

    /// <inheritdoc cref="OpenSessionAsync(string, Asker, CancellationToken)"/>
    /// <param name="id">The session's record.</param>
    public async Task<string> OpenSessionAsync(string login, Asker person, Guid id, CancellationToken cancel)
    {
        var token = NewToken();
        var now = time.GetUtcNow();
        var known = await FindLoginAsync(login, cancel);
        var session = new SessionSecret(Fold(login), now + SessionLifetime, id, now, known?.Stamp ?? 0);
        await WriteAsync($"session:{HashOf(token)}", session, CredentialJson.Default.SessionSecret, cancel);
        if (id != Guid.Empty)
        {
            await store.WriteSecretAsync($"session-of:{id:N}", Encoding.UTF8.GetBytes(HashOf(token)), cancel);
        }

        _sessions[HashOf(token)] = new(new(person, id, session.Login, session.Until, now), now + Belief);
        return token;
    }

    /// <summary>Notes that the person of a session has just proved who they are, and keeps it through a change of password.</summary>
    public async Task ConfirmSessionAsync(string token, CancellationToken cancel)
    {
        var hash = HashOf(token);
        if (await ReadAsync($"session:{hash}", CredentialJson.Default.SessionSecret, cancel) is { } session && await FindLoginAsync(session.Login, cancel) is { } login)
        {
            await WriteAsync($"session:{hash}", session with { ConfirmedAt = time.GetUtcNow(), Stamp = login.Stamp }, CredentialJson.Default.SessionSecret, cancel);
            _sessions.TryRemove(hash, out _);
        }
    }

    public async Task CloseSessionAsync(string token, CancellationToken cancel) => await CloseAsync(HashOf(token), cancel);

    /// <summary>Ends a session by its record.</summary>
    public async Task CloseSessionAsync(Guid id, CancellationToken cancel)
    {
        if (await store.ReadSecretAsync($"session-of:{id:N}", cancel) is { } hash)
        {
            await CloseAsync(Encoding.UTF8.GetString(hash), cancel);
            await store.WriteSecretAsync($"session-of:{id:N}", null, cancel);
        }
    }

    public ValueTask<OpenSession?> FindSessionAsync(string token, CancellationToken cancel)
    {
        var (hash, now) = (HashOf(token), time.GetUtcNow());
        return _sessions.TryGetValue(hash, out var known) && known.Until > now
            ? ValueTask.FromResult(known.Value.Until > now ? known.Value : null)
            : ReadSessionAsync(hash, known?.Value, cancel);
    }

    /// <summary>Makes an API key.</summary>
    /// <returns>The key; only its hash is stored.</returns>
    public async Task<string> IssueKeyAsync(Asker holder, string? key, CancellationToken cancel) => await IssueScopedKeyAsync(new(holder, null, null), key, cancel);

    /// <inheritdoc cref="IssueKeyAsync(Asker, string?, CancellationToken)"/>
    public async Task<string> IssueScopedKeyAsync(KnownKey holder, string? key, CancellationToken cancel)
    {
        key ??= $"crm_{NewToken()}";
        await WriteKeyAsync(HashOf(key), new(holder.Asker.Tenant, holder.Asker.Id, holder.Asker.Name, holder.Asker.Role, holder.Scopes, holder.RequestsPerSecond), cancel);
        await store.WriteSecretAsync(KeysOf(holder.Asker.Id), Encoding.UTF8.GetBytes(HashOf(key)), cancel);
        return key;
    }

    /// <summary>Puts a new key in the place of a key, which goes on until <paramref name="oldUntil"/>. One that was rotated before ends at once.</summary>
    /// <returns>The key; only its hash is stored. Null when there is none to rotate.</returns>
    public async Task<string?> RotateKeyAsync(Guid keyId, DateTimeOffset oldUntil, CancellationToken cancel)
    {
        var hashes = await HashesOfAsync(keyId, cancel);
        if (hashes.Count == 0 || await ReadAsync($"key:{hashes[0]}", CredentialJson.Default.KeySecret, cancel) is not { } current)
        {
            return null;
        }

        var key = $"crm_{NewToken()}";
        await WriteKeyAsync(HashOf(key), current, cancel);
        await store.WriteSecretAsync(KeysOf(keyId), Encoding.UTF8.GetBytes($"{HashOf(key)}\n{hashes[0]}"), cancel);
        await WriteKeyAsync(hashes[0], current with { Until = oldUntil }, cancel);
        foreach (var older in hashes.Skip(1))
        {
            await WriteKeyAsync(older, null, cancel);
        }

        return key;
    }

    /// <summary>Changes what a key may be used for.</summary>
    public async Task RescopeKeyAsync(Guid keyId, IReadOnlyList<string>? scopes, int? requestsPerSecond, CancellationToken cancel)
    {
        foreach (var hash in await HashesOfAsync(keyId, cancel))
        {
            if (await ReadAsync($"key:{hash}", CredentialJson.Default.KeySecret, cancel) is { } known)
            {
                await WriteKeyAsync(hash, known with { Scopes = scopes, RequestsPerSecond = requestsPerSecond }, cancel);
            }
        }
    }

    public async Task RevokeKeyAsync(Guid keyId, CancellationToken cancel)
    {
        foreach (var hash in await HashesOfAsync(keyId, cancel))
        {
            await WriteKeyAsync(hash, null, cancel);
        }

        await store.WriteSecretAsync(UseName(keyId), null, cancel);
    }

    public ValueTask<KnownKey?> FindKeyAsync(string key, CancellationToken cancel)
    {
        var (hash, now) = (HashOf(key), time.GetUtcNow());
        if (!_keys.TryGetValue(hash, out var known) || known.Until <= now)
        {
            return ReadKeyAsync(hash, known?.Value, cancel);
        }

        return ValueTask.FromResult<KnownKey?>(known.Value);
    }

    /// <summary>When a key was last used, to <see cref="UseGrain"/>; null when it never was.</summary>
    public async ValueTask<DateTimeOffset?> LastUseAsync(Guid keyId, CancellationToken cancel) =>
        await store.ReadSecretAsync(UseName(keyId), cancel) is { } at ? DateTimeOffset.FromUnixTimeSeconds(BitConverter.ToInt64(at)) : null;

    /// <summary>A random token of 256 bits, in base64url.</summary>
    internal static string NewToken() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    internal static string HashOf(string token)
    {
        Span<byte> hash = stackalloc byte[32];
        Span<byte> utf8 = token.Length <= 256 ? stackalloc byte[token.Length * 3] : new byte[token.Length * 3];
        SHA256.HashData(utf8[..Encoding.UTF8.GetBytes(token, utf8)], hash);
        return Convert.ToHexString(hash);
    }

    internal static string Fold(string login) => Normal.Login(login);

    public void Dispose() => _makingLogins.Dispose();

    private async ValueTask<OpenSession?> ReadSessionAsync(string hash, OpenSession? before, CancellationToken cancel)
    {
        if (await ReadAsync($"session:{hash}", CredentialJson.Default.SessionSecret, cancel) is not { } session || session.Until <= time.GetUtcNow()
            || await ReadAsync($"login:{session.Login}", CredentialJson.Default.LoginSecret, cancel) is not { IsActive: true } login || login.Stamp != session.Stamp)
        {
            _sessions.TryRemove(hash, out _);
            return null;
        }

        var asker = new Asker(login.Tenant, login.UserId, login.Name, login.Role);
        // one object as long as nothing changes: others keep things by it
        var found = new OpenSession(before?.Asker == asker ? before.Asker : asker, session.Id, session.Login, session.Until, session.ConfirmedAt);
        _sessions[hash] = new(found == before ? before : found, time.GetUtcNow() + Belief);
        return _sessions.TryGetValue(hash, out var kept) ? kept.Value : found;
    }

    private async ValueTask<KnownKey?> ReadKeyAsync(string hash, KnownKey? before, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        if (await ReadAsync($"key:{hash}", CredentialJson.Default.KeySecret, cancel) is not { } secret || secret.Until <= now)
        {
            _keys.TryRemove(hash, out _);
            return null;
        }

        var asker = new Asker(secret.Tenant, secret.KeyId, secret.Name, secret.Role);
        var found = new KnownKey(before?.Asker == asker ? before.Asker : asker, secret.Scopes, secret.RequestsPerSecond);
        _keys[hash] = new(found, now + Belief);
        _ = NoteUseAsync(secret.KeyId, now);
        return found;
    }

    /// <summary>Asked once in <see cref="Belief"/> at most, and writes once in <see cref="UseGrain"/>. No request waits for it or fails with it.</summary>
    private async Task NoteUseAsync(Guid keyId, DateTimeOffset now)
    {
        if (_uses.TryGetValue(keyId, out var noted) && now - noted < UseGrain)
        {
            return;
        }

        _uses[keyId] = now;
        try
        {
            await store.WriteSecretAsync(UseName(keyId), BitConverter.GetBytes(now.ToUnixTimeSeconds()), CancellationToken.None);
        }
        catch (Exception)
        {
            // a full disk, or a store that is closing: it is noted the next time
            _uses.TryRemove(keyId, out _);
        }
    }

    private async Task CloseAsync(string hash, CancellationToken cancel)
    {
        await store.WriteSecretAsync($"session:{hash}", null, cancel);
        _sessions.TryRemove(hash, out _);
    }

    private void Forget(Guid userId)
    {
        foreach (var (hash, session) in _sessions)
        {
            if (session.Value.Asker.Id == userId)
            {
                _sessions.TryRemove(hash, out _);
            }
        }
    }

    private async Task<IReadOnlyList<string>> HashesOfAsync(Guid keyId, CancellationToken cancel) =>
        await store.ReadSecretAsync(KeysOf(keyId), cancel) is { } hashes ? Encoding.UTF8.GetString(hashes).Split('\n') : [];

    private async Task WriteKeyAsync(string hash, KeySecret? secret, CancellationToken cancel)
    {
        await store.WriteSecretAsync($"key:{hash}", secret is null ? null : JsonSerializer.SerializeToUtf8Bytes(secret, CredentialJson.Default.KeySecret), cancel);
        _keys.TryRemove(hash, out _);
    }

    private async Task<T?> ReadAsync<T>(string name, JsonTypeInfo<T> type, CancellationToken cancel) where T : class =>
        await store.ReadSecretAsync(name, cancel) is { } json ? JsonSerializer.Deserialize(json, type) : null;

    private Task WriteAsync<T>(string name, T value, JsonTypeInfo<T> type, CancellationToken cancel) =>
        store.WriteSecretAsync(name, JsonSerializer.SerializeToUtf8Bytes(value, type), cancel);

    private static string LoginName(string login) => $"login:{Fold(login)}";

    private static string KeysOf(Guid keyId) => $"key-of:{keyId:N}";

    private static string UseName(Guid keyId) => $"key-used:{keyId:N}";

    /// <summary>What was read, and until when it is believed.</summary>
    private sealed record Believed<T>(T Value, DateTimeOffset Until);

    private sealed class Turn(SemaphoreSlim turns) : IDisposable
    {
        public void Dispose() => turns.Release();
    }
}

/// <param name="PasswordHash">Null until an invitation is accepted.</param>
/// <param name="Stamp">Sessions opened under another one are over.</param>
internal sealed record LoginSecret(string Tenant, Guid UserId, string Name, string Role, string? PasswordHash, bool IsActive, int Stamp = 0)
{
    public Asker Person => new(Tenant, UserId, Name, Role);
}

internal sealed record SessionSecret(string Login, DateTimeOffset Until, Guid Id = default, DateTimeOffset ConfirmedAt = default, int Stamp = 0);

/// <param name="Until">When it was rotated: how long it goes on.</param>
internal sealed record KeySecret(
    string Tenant, Guid KeyId, string Name, string Role, IReadOnlyList<string>? Scopes = null, int? RequestsPerSecond = null, DateTimeOffset? Until = null);

[JsonSerializable(typeof(LoginSecret))]
[JsonSerializable(typeof(SessionSecret))]
[JsonSerializable(typeof(KeySecret))]
internal sealed partial class CredentialJson : JsonSerializerContext;
