using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Crm.Grains.Kernel;
using Crm.Runtime.Journal;
using Crm.Silo.Rights;
using Microsoft.AspNetCore.Identity;

namespace Crm.Web.Session;

/// <summary>
/// Passwords, sessions and API keys. Kept beside the journal, never in it: what is in the journal stays. Tokens and keys are stored as
/// SHA-256 only; they are random, so that is enough.
/// </summary>
public sealed class Credentials(IGrainStore store, TimeProvider time)
{
    /// <summary>How long a session lasts without being used.</summary>
    public static readonly TimeSpan SessionLifetime = TimeSpan.FromDays(14);

    /// <summary>Wrong passwords for one login, or from one address, before it must wait.</summary>
    public const int MostFailures = 10;

    private static readonly TimeSpan FailureWindow = TimeSpan.FromMinutes(15);

    // a person who does not exist takes as long to refuse as one who does
    private static readonly string NobodysHash = new PasswordHasher<string>().HashPassword("", Guid.Empty.ToString());

    private readonly PasswordHasher<string> _hasher = new();
    private readonly SemaphoreSlim _makingLogins = new(1);
    private readonly ConcurrentDictionary<string, Asker> _keys = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (Asker Asker, DateTimeOffset Until)> _sessions = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, List<DateTimeOffset>> _failures = new(StringComparer.Ordinal);

    /// <summary>Sets a password. A login that is new is active; one that was shut stays shut.</summary>
    public async Task SetPasswordAsync(string login, Asker person, string password, CancellationToken cancel)
    {
        var isActive = await ReadAsync(LoginName(login), CredentialJson.Default.LoginSecret, cancel) is not { IsActive: false };
        var secret = new LoginSecret(person.Tenant, person.Id, person.Name, person.Role, _hasher.HashPassword(login, password), isActive);
        await WriteAsync(LoginName(login), secret, CredentialJson.Default.LoginSecret, cancel);
    }

    /// <summary>Changes what a login stands for, or shuts it. Its sessions follow at once.</summary>
    public async Task UpdateLoginAsync(string login, string name, string role, bool isActive, CancellationToken cancel)
    {
        if (await ReadAsync(LoginName(login), CredentialJson.Default.LoginSecret, cancel) is not { } known)
        {
            return;
        }

        await WriteAsync(LoginName(login), known with { Name = name, Role = role, IsActive = isActive }, CredentialJson.Default.LoginSecret, cancel);
        foreach (var (token, session) in _sessions)
        {
            if (session.Asker.Id == known.UserId)
            {
                _sessions.TryRemove(token, out _);
            }
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

    /// <summary>Checks a password.</summary>
    /// <returns>The person, or how long to wait before the next try, or neither when it was wrong.</returns>
    public async Task<(Asker? Person, TimeSpan? Wait)> CheckAsync(string login, string password, string address, CancellationToken cancel)
    {
        var (byLogin, byAddress) = ($"login {Fold(login)}", $"address {address}");
        if ((WaitOf(byLogin) ?? WaitOf(byAddress)) is { } wait)
        {
            return (null, wait);
        }

        var known = await ReadAsync(LoginName(login), CredentialJson.Default.LoginSecret, cancel);
        var verdict = _hasher.VerifyHashedPassword(login, known?.PasswordHash ?? NobodysHash, password);
        if (known is not { IsActive: true } || verdict == PasswordVerificationResult.Failed)
        {
            NoteFailure(byLogin);
            NoteFailure(byAddress);
            return (null, null);
        }

        _failures.TryRemove(byLogin, out _);
        return (new(known.Tenant, known.UserId, known.Name, known.Role), null);
    }

    /// <summary>Begins a session.</summary>
    /// <returns>The cookie's value; it is not stored.</returns>
    public async Task<string> OpenSessionAsync(string login, Asker person, CancellationToken cancel)
    {
        var token = NewToken();
        var until = time.GetUtcNow() + SessionLifetime;
        await WriteAsync($"session:{HashOf(token)}", new SessionSecret(Fold(login), until), CredentialJson.Default.SessionSecret, cancel);
        _sessions[HashOf(token)] = (person, until);
        return token;
    }

    public async Task CloseSessionAsync(string token, CancellationToken cancel)
    {
        _sessions.TryRemove(HashOf(token), out _);
        await store.WriteSecretAsync($"session:{HashOf(token)}", null, cancel);
    }

    public async ValueTask<Asker?> FindSessionAsync(string token, CancellationToken cancel)
    {
        var hash = HashOf(token);
        if (_sessions.TryGetValue(hash, out var known))
        {
            return known.Until > time.GetUtcNow() ? known.Asker : null;
        }

        if (await ReadAsync($"session:{hash}", CredentialJson.Default.SessionSecret, cancel) is not { } session || session.Until <= time.GetUtcNow()
            || await ReadAsync($"login:{session.Login}", CredentialJson.Default.LoginSecret, cancel) is not { IsActive: true } login)
        {
            return null;
        }

        var asker = new Asker(login.Tenant, login.UserId, login.Name, login.Role);
        _sessions[hash] = (asker, session.Until);
        return asker;
    }

    /// <summary>Makes an API key.</summary>
    /// <returns>The key; only its hash is stored.</returns>
    public async Task<string> IssueKeyAsync(Asker holder, string? key, CancellationToken cancel)
    {
        key ??= $"crm_{NewToken()}";
        await WriteAsync($"key:{HashOf(key)}", new KeySecret(holder.Tenant, holder.Id, holder.Name, holder.Role), CredentialJson.Default.KeySecret, cancel);
        await store.WriteSecretAsync($"key-of:{holder.Id:N}", Encoding.UTF8.GetBytes(HashOf(key)), cancel);
        return key;
    }

    public async Task RevokeKeyAsync(Guid keyId, CancellationToken cancel)
    {
        if (await store.ReadSecretAsync($"key-of:{keyId:N}", cancel) is { } hash)
        {
            await store.WriteSecretAsync($"key:{Encoding.UTF8.GetString(hash)}", null, cancel);
            _keys.TryRemove(Encoding.UTF8.GetString(hash), out _);
        }
    }

    public async ValueTask<Asker?> FindKeyAsync(string key, CancellationToken cancel)
    {
        var hash = HashOf(key);
        if (_keys.TryGetValue(hash, out var known))
        {
            return known;
        }

        if (await ReadAsync($"key:{hash}", CredentialJson.Default.KeySecret, cancel) is not { } secret)
        {
            return null;
        }

        return _keys[hash] = new(secret.Tenant, secret.KeyId, secret.Name, secret.Role);
    }

    private TimeSpan? WaitOf(string who)
    {
        if (!_failures.TryGetValue(who, out var failures))
        {
            return null;
        }

        lock (failures)
        {
            failures.RemoveAll(at => at < time.GetUtcNow() - FailureWindow);
            return failures.Count >= MostFailures ? failures[0] + FailureWindow - time.GetUtcNow() : null;
        }
    }

    private void NoteFailure(string who)
    {
        if (_failures.Count > 100_000)
        {
            _failures.Clear();
        }

        var failures = _failures.GetOrAdd(who, _ => []);
        lock (failures)
        {
            failures.Add(time.GetUtcNow());
        }
    }

    private async Task<T?> ReadAsync<T>(string name, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, CancellationToken cancel) where T : class =>
        await store.ReadSecretAsync(name, cancel) is { } json ? JsonSerializer.Deserialize(json, type) : null;

    private Task WriteAsync<T>(string name, T value, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, CancellationToken cancel) =>
        store.WriteSecretAsync(name, JsonSerializer.SerializeToUtf8Bytes(value, type), cancel);

    private static string LoginName(string login) => $"login:{Fold(login)}";

    private static string Fold(string login) => Normal.Login(login);

    private static string NewToken() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    private static string HashOf(string token)
    {
        Span<byte> hash = stackalloc byte[32];
        Span<byte> utf8 = token.Length <= 256 ? stackalloc byte[token.Length * 3] : new byte[token.Length * 3];
        SHA256.HashData(utf8[..Encoding.UTF8.GetBytes(token, utf8)], hash);
        return Convert.ToHexString(hash);
    }

    private sealed class Turn(SemaphoreSlim turns) : IDisposable
    {
        public void Dispose() => turns.Release();
    }
}

internal sealed record LoginSecret(string Tenant, Guid UserId, string Name, string Role, string PasswordHash, bool IsActive);

internal sealed record SessionSecret(string Login, DateTimeOffset Until);

internal sealed record KeySecret(string Tenant, Guid KeyId, string Name, string Role);

[JsonSerializable(typeof(LoginSecret))]
[JsonSerializable(typeof(SessionSecret))]
[JsonSerializable(typeof(KeySecret))]
internal sealed partial class CredentialJson : JsonSerializerContext;
