using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Crm.Grains.CompanySignIns;
using Crm.Grains.Factors;
using Crm.Grains.Kernel;
using Crm.Runtime;
using Crm.Silo.Rights;
using Crm.Web.Hosting;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Crm.Web.Session;

/// <summary>
/// Company sign-in: OpenID Connect, code flow with PKCE, state and nonce bound to the browser that began. An account is linked once, by an
/// address that the provider has verified, and from then on known by its subject, whatever its address becomes.
/// </summary>
public sealed partial class CompanyAccounts(
    SiloHolder holder, Credentials credentials, Vault vault, Seal seal, CrmSettings settings, PublicAddress address, TimeProvider time, ILogger<CompanyAccounts> log) : IDisposable
{
    /// <summary>Where the provider sends the browser back to.</summary>
    public const string CallbackPath = "/sign-in/callback";

    private const int MostProviders = 1_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly Refusal NotSetUp = Refusal.Invalid("company-unknown", "This company has no company sign-in.", "company");
    private static readonly Refusal Unreachable = Refusal.Conflict("company-unreachable", "The company's sign-in page cannot be reached; ask your administrator.");

    private readonly HttpClient _http = MakeClient(settings.MayReachPrivateAddresses);
    private readonly JsonWebTokenHandler _tokens = new() { MapInboundClaims = false };
    private readonly ConcurrentDictionary<string, ConfigurationManager<OpenIdConnectConfiguration>> _providers = new(StringComparer.Ordinal);

    /// <summary>The record of a tenant's settings.</summary>
    public static Guid SettingsOf(string tenant) => GrainId.Named(tenant, "companysignin", "settings").Key;

    /// <summary>Begins: gives the browser a sealed note of what it began, and says where to go.</summary>
    internal async Task<(Uri? Address, Refusal? Refusal)> BeginAsync(HttpContext http, string company, string? next)
    {
        if (await FindSettingsAsync(company, http.RequestAborted) is not { Enabled: true } known)
        {
            return (null, NotSetUp);
        }

        if (await ReadProviderAsync(known.Issuer, http.RequestAborted) is not { } provider || !Uri.TryCreate(provider.AuthorizationEndpoint, UriKind.Absolute, out var door))
        {
            return (null, Unreachable);
        }

        var journey = new CompanyJourney(company, Credentials.NewToken(), Credentials.NewToken(), Credentials.NewToken(), LocalPath(next));
        http.Response.Cookies.Append(CookieName(http), seal.Close(journey, CompanyJson.Default.CompanyJourney), new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Lax, // it comes back by a link from the provider's page
            Secure = http.Request.IsHttps,
            Path = "/",
            MaxAge = TimeSpan.FromMinutes(10),
            IsEssential = true,
        });
        var query = new Dictionary<string, string?>
        {
            ["response_type"] = "code",
            ["client_id"] = known.ClientId,
            ["redirect_uri"] = RedirectUri,
            ["scope"] = "openid email profile",
            ["state"] = journey.State,
            ["nonce"] = journey.Nonce,
            ["code_challenge"] = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(journey.Verifier))),
            ["code_challenge_method"] = "S256",
        };
        return (new(Microsoft.AspNetCore.WebUtilities.QueryHelpers.AddQueryString(door.ToString(), query)), null);
    }

    /// <summary>Ends what <see cref="BeginAsync"/> began in the same browser.</summary>
    /// <returns>Who it is and where they wanted to go; nobody when anything is wrong, with a code to show.</returns>
    internal async Task<(LoginSecret? Person, string? Login, string Next, string? Problem)> FinishAsync(HttpContext http)
    {
        var cancel = http.RequestAborted;
        var query = http.Request.Query;
        var cookie = http.Request.Cookies[CookieName(http)];
        http.Response.Cookies.Delete(CookieName(http), new CookieOptions { Path = "/", Secure = http.Request.IsHttps, HttpOnly = true });
        if (cookie is null || seal.Open(cookie, CompanyJson.Default.CompanyJourney, useUp: true) is not { } journey
            || query["state"] is not [{ } state] || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(state), Encoding.UTF8.GetBytes(journey.State)))
        {
            return (null, null, "/", "company-state");
        }

        if (query["code"] is not [{ Length: > 0 } code] || await FindSettingsAsync(journey.Company, cancel) is not { Enabled: true } known
            || (query["iss"] is [{ } issuer] && issuer != known.Issuer))
        {
            return (null, null, journey.Next, "company-refused");
        }

        if (await RedeemAsync(known, journey, code, cancel) is not { } account)
        {
            return (null, null, journey.Next, "company-refused");
        }

        return await FindPersonAsync(journey.Company, known.Issuer, account, cancel) is { } person
            ? (person.Secret, person.Login, journey.Next, null)
            : (null, null, journey.Next, "company-not-linked");
    }

    public async ValueTask<CompanySignInCard?> FindSettingsAsync(string company, CancellationToken cancel) =>
        company.Length is 0 or > 100 || !holder.Silo.Store.Tenants.Contains(company)
            ? null
            : await holder.Silo.Cards.FindAsync<CompanySignInCard>(Asker.System(company), holder.Silo.Slices.OfKind("companysignin"), SettingsOf(company), cancel);

    /// <summary>Keeps the secret that this CRM proves itself to the provider with.</summary>
    public Task KeepSecretAsync(string tenant, string secret, CancellationToken cancel) => vault.WriteAsync(SecretOf(tenant), new ClientSecret(secret), CompanyJson.Default.ClientSecret, cancel);

    /// <summary>Asks a provider how it works, to tell an administrator whether it can be used.</summary>
    public async Task<bool> CanReachAsync(string issuer, CancellationToken cancel) => await ReadProviderAsync(issuer, cancel) is not null;

    /// <summary>Only paths of our own; a page elsewhere would be a present to whoever wrote the link.</summary>
    internal static string LocalPath(string? next) =>
        next is { Length: > 0 and <= 2_000 } && next[0] == '/' && !next.StartsWith("//", StringComparison.Ordinal) && !next.Contains('\\', StringComparison.Ordinal) && !next.Any(char.IsControl) ? next : "/";

    /// <summary>The subject that a person's company account is known by.</summary>
    internal static string NameOf(Guid userId) => $"company-of:{userId:N}";

    public void Dispose() => _http.Dispose();

    private string RedirectUri => $"{address.Base}{CallbackPath}";

    private static string SecretOf(string tenant) => $"company-secret:{tenant}";

    private static string CookieName(HttpContext http) => http.Request.IsHttps ? "__Host-crm-company" : "crm-company";

    private async Task<OpenIdConnectConfiguration?> ReadProviderAsync(string issuer, CancellationToken cancel)
    {
        if (_providers.Count > MostProviders)
        {
            _providers.Clear();
        }

        try
        {
            var manager = _providers.GetOrAdd(issuer, key => new(
                $"{key.TrimEnd('/')}/.well-known/openid-configuration", new OpenIdConnectConfigurationRetriever(), new HttpDocumentRetriever(_http) { RequireHttps = !settings.MayReachPrivateAddresses }));
            var provider = await manager.GetConfigurationAsync(cancel);
            return provider.Issuer == issuer ? provider : null; // one provider must not speak for another
        }
        catch (Exception failure) when (failure is InvalidOperationException or IOException or HttpRequestException or ArgumentException)
        {
            LogUnreachable(log, new Uri(issuer).Host, failure.GetBaseException().GetType().Name);
            return null;
        }
    }

    private async Task<CompanyAccount?> RedeemAsync(CompanySignInCard known, CompanyJourney journey, string code, CancellationToken cancel)
    {
        if (await ReadProviderAsync(known.Issuer, cancel) is not { } provider)
        {
            return null;
        }

        try
        {
            var answer = await TradeAsync(known, provider, journey, code, cancel);
            if (answer?.IdToken is not { } idToken)
            {
                return null;
            }

            var verdict = await ValidateAsync(known, provider, idToken);
            if (!verdict.IsValid && verdict.Exception is SecurityTokenSignatureKeyNotFoundException)
            {
                // the provider has changed its keys
                _providers[known.Issuer].RequestRefresh();
                verdict = await ValidateAsync(known, await ReadProviderAsync(known.Issuer, cancel) ?? provider, idToken);
            }

            if (!verdict.IsValid || Claim(verdict, "nonce") != journey.Nonce || Claim(verdict, "sub") is not { Length: > 0 } subject)
            {
                return null;
            }

            var (mail, isVerified) = (Claim(verdict, "email"), Claim(verdict, "email_verified") is "true" or "True");
            if (mail is null && answer.AccessToken is { } access && provider.UserInfoEndpoint is { Length: > 0 } userInfo)
            {
                (mail, isVerified) = await ReadUserInfoAsync(userInfo, access, subject, cancel);
            }

            return new(subject, isVerified ? mail : null);
        }
        catch (Exception failure) when (failure is HttpRequestException or JsonException or TaskCanceledException && !cancel.IsCancellationRequested)
        {
            LogUnreachable(log, new Uri(known.Issuer).Host, failure.GetType().Name);
            return null;
        }
    }

    private async Task<TokenAnswer?> TradeAsync(CompanySignInCard known, OpenIdConnectConfiguration provider, CompanyJourney journey, string code, CancellationToken cancel)
    {
        var form = new Dictionary<string, string>
        {
            ["grant_type"] = "authorization_code",
            ["code"] = code,
            ["redirect_uri"] = RedirectUri,
            ["client_id"] = known.ClientId,
            ["code_verifier"] = journey.Verifier,
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, provider.TokenEndpoint);
        if (await vault.ReadAsync(SecretOf(journey.Company), CompanyJson.Default.ClientSecret, cancel) is { } secret)
        {
            if (provider.TokenEndpointAuthMethodsSupported is { Count: > 0 } ways && !ways.Contains("client_secret_basic"))
            {
                form["client_secret"] = secret.Value;
            }
            else
            {
                request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Uri.EscapeDataString(known.ClientId)}:{Uri.EscapeDataString(secret.Value)}")));
            }
        }

        request.Content = new FormUrlEncodedContent(form);
        using var response = await _http.SendAsync(request, cancel);
        return response.IsSuccessStatusCode ? JsonSerializer.Deserialize(await response.Content.ReadAsByteArrayAsync(cancel), CompanyJson.Default.TokenAnswer) : null;
    }

    private Task<TokenValidationResult> ValidateAsync(CompanySignInCard known, OpenIdConnectConfiguration provider, string idToken) =>
        _tokens.ValidateTokenAsync(idToken, new TokenValidationParameters
        {
            ValidIssuer = known.Issuer,
            ValidAudience = known.ClientId,
            IssuerSigningKeys = provider.SigningKeys,
            // an unsigned token, or one signed with the public key as if it were a shared one, proves nothing
            ValidAlgorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"],
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            ClockSkew = TimeSpan.FromMinutes(2),
            LifetimeValidator = (from, until, _, _) => until > time.GetUtcNow().UtcDateTime.AddMinutes(-2) && (from is null || from < time.GetUtcNow().UtcDateTime.AddMinutes(2)),
        });

    private async Task<(string? Mail, bool IsVerified)> ReadUserInfoAsync(string endpoint, string access, string subject, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, endpoint) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", access) } };
        using var response = await _http.SendAsync(request, cancel);
        if (!response.IsSuccessStatusCode)
        {
            return default;
        }

        using var json = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancel));
        var root = json.RootElement;
        var isSame = root.TryGetProperty("sub", out var sub) && sub.ValueKind == JsonValueKind.String && sub.GetString() == subject;
        var mail = root.TryGetProperty("email", out var email) && email.ValueKind == JsonValueKind.String ? email.GetString() : null;
        return isSame ? (mail, root.TryGetProperty("email_verified", out var verified) && verified.ValueKind == JsonValueKind.True) : default;
    }

    private async Task<(LoginSecret Secret, string Login)?> FindPersonAsync(string tenant, string issuer, CompanyAccount account, CancellationToken cancel)
    {
        var store = holder.Silo.Store;
        var subject = Credentials.HashOf($"{issuer}\n{account.Subject}");
        var link = $"company-account:{tenant}:{subject}";
        if (await store.ReadSecretAsync(link, cancel) is { } linked)
        {
            var login = Encoding.UTF8.GetString(linked);
            var known = await credentials.FindLoginAsync(login, cancel);
            // the link holds in both directions: an administrator may have taken it away since
            return known is { IsActive: true } && known.Tenant == tenant && await store.ReadSecretAsync(NameOf(known.UserId), cancel) is { } own && Encoding.UTF8.GetString(own) == subject
                ? (known, login)
                : await LinkAsync(tenant, issuer, account, subject, link, cancel);
        }

        return await LinkAsync(tenant, issuer, account, subject, link, cancel);
    }

    private async Task<(LoginSecret Secret, string Login)?> LinkAsync(string tenant, string issuer, CompanyAccount account, string subject, string link, CancellationToken cancel)
    {
        var store = holder.Silo.Store;
        if (account.VerifiedMail is not { Length: > 0 and <= 320 } mail || await credentials.FindLoginAsync(mail, cancel) is not { IsActive: true } person || person.Tenant != tenant
            // somebody else's account had this address before: the person it belongs to now is another
            || (await store.ReadSecretAsync(NameOf(person.UserId), cancel) is { } other && Encoding.UTF8.GetString(other) != subject))
        {
            return null;
        }

        var login = Credentials.Fold(mail);
        await holder.Silo.Commands.TellAsync(person.Person, "factor", person.UserId, new FactorCommand.LinkCompany(issuer), new(SenderKind.User, Trusted: true), cancel);
        await store.WriteSecretAsync(NameOf(person.UserId), Encoding.UTF8.GetBytes(subject), cancel);
        await store.WriteSecretAsync(link, Encoding.UTF8.GetBytes(login), cancel);
        return (person, login);
    }

    private static string? Claim(TokenValidationResult verdict, string name) => verdict.Claims.TryGetValue(name, out var value) ? value?.ToString() : null;

    /// <summary>A client that goes nowhere by redirection and, unless the operator allows it, into no private network: the address comes from a tenant's settings.</summary>
    private static HttpClient MakeClient(bool mayReachPrivate) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        ConnectTimeout = Patience,
        ConnectCallback = async (context, cancel) =>
        {
            foreach (var target in await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, cancel))
            {
                if (!mayReachPrivate && IsPrivate(target))
                {
                    continue;
                }

                var socket = new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                try
                {
                    await socket.ConnectAsync(target, context.DnsEndPoint.Port, cancel);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch (SocketException)
                {
                    socket.Dispose();
                }
            }

            throw new HttpRequestException("There is no address that may be reached.");
        },
    })
    {
        Timeout = Patience,
        MaxResponseContentBufferSize = 1024 * 1024,
    };

    internal static bool IsPrivate(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            return IPAddress.IsLoopback(address) || address.IsIPv6LinkLocal || address.IsIPv6UniqueLocal || address.IsIPv6SiteLocal || address.IsIPv6Multicast || address.Equals(IPAddress.IPv6Any)
                || address.GetAddressBytes() is [0x00, 0x64, 0xff, 0x9b, ..] or [0x20, 0x02, ..]; // IPv4 in disguise
        }

        return address.GetAddressBytes() switch
        {
            [0 or 10 or 127, ..] or [169, 254, ..] or [192, 168, ..] or [192, 0, 0, _] or [>= 224, ..] => true,
            [172, >= 16 and <= 31, ..] or [100, >= 64 and <= 127, ..] or [198, 18 or 19, ..] => true,
            _ => false,
        };
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The company sign-in at {Host} failed: {Failure}")]
    private static partial void LogUnreachable(ILogger log, string host, string failure);
}

/// <summary>What one browser has begun.</summary>
internal sealed record CompanyJourney(string Company, string State, string Nonce, string Verifier, string Next);

/// <param name="VerifiedMail">Null when the provider has not verified it.</param>
internal sealed record CompanyAccount(string Subject, string? VerifiedMail);

internal sealed record ClientSecret(string Value);

internal sealed record TokenAnswer([property: JsonPropertyName("id_token")] string? IdToken, [property: JsonPropertyName("access_token")] string? AccessToken);

[JsonSerializable(typeof(CompanyJourney))]
[JsonSerializable(typeof(ClientSecret))]
[JsonSerializable(typeof(TokenAnswer))]
internal sealed partial class CompanyJson : JsonSerializerContext;
