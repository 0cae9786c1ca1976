using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Crm.Runtime.Journal;
using Microsoft.AspNetCore.Identity;

namespace Crm.Web.Session;

/// <summary>Whose passkey it is, in the words of the framework's handler.</summary>
public sealed record PasskeyOwner(Guid Id, string Login);

/// <summary>Passkeys of everybody: the framework checks them, here they are kept.</summary>
public sealed class Passkeys(IGrainStore store, Vault vault) : IUserPasskeyStore<PasskeyOwner>
{
    public async Task AddOrUpdatePasskeyAsync(PasskeyOwner user, UserPasskeyInfo passkey, CancellationToken cancellationToken)
    {
        var all = await ReadAsync(user.Id, cancellationToken);
        var kept = new PasskeySecret(
            passkey.CredentialId, passkey.PublicKey, passkey.CreatedAt, passkey.SignCount, passkey.Transports, passkey.IsUserVerified, passkey.IsBackupEligible, passkey.IsBackedUp);
        PasskeySecret[] next = [.. (all?.Keys ?? []).Where(each => !each.CredentialId.AsSpan().SequenceEqual(passkey.CredentialId)), kept];
        await vault.WriteAsync(NameOf(user.Id), new PasskeySecrets(user.Login, next), PasskeyJson.Default.PasskeySecrets, cancellationToken);
        await store.WriteSecretAsync(OwnerOf(passkey.CredentialId), Encoding.UTF8.GetBytes(user.Id.ToString()), cancellationToken);
    }

    public async Task<IList<UserPasskeyInfo>> GetPasskeysAsync(PasskeyOwner user, CancellationToken cancellationToken) =>
        [.. ((await ReadAsync(user.Id, cancellationToken))?.Keys ?? []).Select(Info)];

    public async Task<PasskeyOwner?> FindByPasskeyIdAsync(byte[] credentialId, CancellationToken cancellationToken) =>
        await store.ReadSecretAsync(OwnerOf(credentialId), cancellationToken) is { } owner ? await FindByIdAsync(Encoding.UTF8.GetString(owner), cancellationToken) : null;

    public async Task<UserPasskeyInfo?> FindPasskeyAsync(PasskeyOwner user, byte[] credentialId, CancellationToken cancellationToken) =>
        (await GetPasskeysAsync(user, cancellationToken)).FirstOrDefault(passkey => passkey.CredentialId.AsSpan().SequenceEqual(credentialId));

    public async Task RemovePasskeyAsync(PasskeyOwner user, byte[] credentialId, CancellationToken cancellationToken)
    {
        await store.WriteSecretAsync(OwnerOf(credentialId), null, cancellationToken);
        if (await ReadAsync(user.Id, cancellationToken) is { } all)
        {
            await vault.WriteAsync(
                NameOf(user.Id), all with { Keys = [.. all.Keys.Where(each => !each.CredentialId.AsSpan().SequenceEqual(credentialId))] }, PasskeyJson.Default.PasskeySecrets, cancellationToken);
        }
    }

    /// <summary>Takes all passkeys from somebody.</summary>
    public async Task RemoveAllAsync(Guid userId, CancellationToken cancel)
    {
        foreach (var passkey in (await ReadAsync(userId, cancel))?.Keys ?? [])
        {
            await store.WriteSecretAsync(OwnerOf(passkey.CredentialId), null, cancel);
        }

        await vault.RemoveAsync(NameOf(userId), cancel);
    }

    /// <summary>Somebody who has a passkey; null also for people who have none.</summary>
    public async Task<PasskeyOwner?> FindByIdAsync(string userId, CancellationToken cancellationToken) =>
        Guid.TryParse(userId, out var id) && await ReadAsync(id, cancellationToken) is { } all ? new(id, all.Login) : null;

    public Task<PasskeyOwner?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken) => Task.FromResult<PasskeyOwner?>(null);

    public Task<string> GetUserIdAsync(PasskeyOwner user, CancellationToken cancellationToken) => Task.FromResult(user.Id.ToString());

    public Task<string?> GetUserNameAsync(PasskeyOwner user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.Login);

    public Task<string?> GetNormalizedUserNameAsync(PasskeyOwner user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.Login);

    // people are made and renamed elsewhere; the framework's handler does neither
    public Task SetUserNameAsync(PasskeyOwner user, string? userName, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task SetNormalizedUserNameAsync(PasskeyOwner user, string? normalizedName, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IdentityResult> CreateAsync(PasskeyOwner user, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IdentityResult> UpdateAsync(PasskeyOwner user, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IdentityResult> DeleteAsync(PasskeyOwner user, CancellationToken cancellationToken) => throw new NotSupportedException();

    public void Dispose()
    {
        // nothing is held; the framework disposes the store with every request
    }

    private ValueTask<PasskeySecrets?> ReadAsync(Guid userId, CancellationToken cancel) => vault.ReadAsync(NameOf(userId), PasskeyJson.Default.PasskeySecrets, cancel);

    // what was attested is not looked at again and not kept
    private static UserPasskeyInfo Info(PasskeySecret kept) =>
        new(kept.CredentialId, kept.PublicKey, kept.CreatedAt, kept.SignCount, kept.Transports, kept.IsUserVerified, kept.IsBackupEligible, kept.IsBackedUp, [], []);

    private static string NameOf(Guid userId) => $"passkeys:{userId:N}";

    private static string OwnerOf(byte[] credentialId) => $"passkey:{Convert.ToHexString(SHA256.HashData(credentialId))}";
}

/// <summary>The two ceremonies of WebAuthn, by the framework's handler.</summary>
public sealed class PasskeyDesk(IPasskeyHandler<PasskeyOwner> handler, Passkeys passkeys, Seal seal)
{
    private const int LongestCredential = 20_000;

    /// <summary>Begins to make a passkey.</summary>
    /// <returns>What the browser is asked, and a ticket to be sent with its answer.</returns>
    public async Task<(string OptionsJson, string Ticket)> BeginMakingAsync(HttpContext http, Guid userId, string login, string name)
    {
        var options = await handler.MakeCreationOptionsAsync(new() { Id = userId.ToString(), Name = login, DisplayName = name }, http);
        return (options.CreationOptionsJson, seal.Close(new PasskeyMaking(options.AttestationState ?? "", userId), PasskeyJson.Default.PasskeyMaking));
    }

    /// <returns>The passkey's id in base64url, or null when it cannot be trusted.</returns>
    public async Task<string?> FinishMakingAsync(HttpContext http, Guid userId, string login, string ticket, JsonElement credential, Func<string, Task<bool>> isWelcome)
    {
        if (seal.Open(ticket, PasskeyJson.Default.PasskeyMaking, useUp: true) is not { } making || making.UserId != userId || Text(credential) is not { } text)
        {
            return null;
        }

        var result = await handler.PerformAttestationAsync(new() { HttpContext = http, CredentialJson = text, AttestationState = making.State });
        if (!result.Succeeded || !result.Passkey.IsUserVerified)
        {
            return null;
        }

        var id = Base64Url.EncodeToString(result.Passkey.CredentialId);
        if (!await isWelcome(id))
        {
            return null;
        }

        await passkeys.AddOrUpdatePasskeyAsync(new(userId, login), result.Passkey, http.RequestAborted);
        return id;
    }

    /// <summary>Begins to sign somebody in, whoever it will be.</summary>
    public async Task<(string OptionsJson, string Ticket)> BeginSignInAsync(HttpContext http)
    {
        var options = await handler.MakeRequestOptionsAsync(null, http);
        return (options.RequestOptionsJson, seal.Close(new PasskeySignIn(options.AssertionState ?? ""), PasskeyJson.Default.PasskeySignIn));
    }

    /// <returns>Whose passkey it is, or null when it is nobody's or proves nothing.</returns>
    public async Task<PasskeyOwner?> FinishSignInAsync(HttpContext http, string ticket, JsonElement credential)
    {
        if (seal.Open(ticket, PasskeyJson.Default.PasskeySignIn, useUp: true) is not { } begun || Text(credential) is not { } text)
        {
            return null;
        }

        var result = await handler.PerformAssertionAsync(new() { HttpContext = http, CredentialJson = text, AssertionState = begun.State });
        if (!result.Succeeded || !result.Passkey.IsUserVerified)
        {
            return null;
        }

        // with its counter, by which a copied one would be noticed
        await passkeys.AddOrUpdatePasskeyAsync(result.User, result.Passkey, http.RequestAborted);
        return result.User;
    }

    public async Task RemoveAsync(Guid userId, string login, string id, CancellationToken cancel)
    {
        if (Base64Url.IsValid(id))
        {
            await passkeys.RemovePasskeyAsync(new(userId, login), Base64Url.DecodeFromChars(id), cancel);
        }
    }

    private static string? Text(JsonElement credential) => credential.ValueKind == JsonValueKind.Object && credential.GetRawText() is { Length: <= LongestCredential } text ? text : null;
}

internal sealed record PasskeySecrets(string Login, IReadOnlyList<PasskeySecret> Keys);

internal sealed record PasskeySecret(
    byte[] CredentialId, byte[] PublicKey, DateTimeOffset CreatedAt, uint SignCount, string[]? Transports, bool IsUserVerified, bool IsBackupEligible, bool IsBackedUp);

internal sealed record PasskeyMaking(string State, Guid UserId);

internal sealed record PasskeySignIn(string State);

[JsonSerializable(typeof(PasskeySecrets))]
[JsonSerializable(typeof(PasskeyMaking))]
[JsonSerializable(typeof(PasskeySignIn))]
internal sealed partial class PasskeyJson : JsonSerializerContext;
