using System.Text;
using Crm.Web.Session;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Web.Tests.Session;

/// <summary>Secrets at rest under the operator's master key: unreadable without it, and never taken for absent.</summary>
public sealed class MasterKeyTests : IDisposable
{
    private const string Master = "master-key-of-this-test-0123456789abcdef", Other = "another-key-of-this-test-0123456789abcdef";
    private const string ClientSecret = "client-canary-7261-secret";

    private readonly string _folder = Directory.CreateTempSubdirectory("crm-master-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Nothing_at_rest_shows_a_secret_or_a_key_that_would_open_it()
    {
        await WriteSecretsAsync(Master);

        var disk = Encoding.Latin1.GetString([.. Directory.EnumerateFiles(Path.Combine(_folder, "data"), "*", SearchOption.AllDirectories).SelectMany(File.ReadAllBytes)]);
        ((string[])[ClientSecret, Master, "<masterKey"]).Where(secret => disk.Contains(secret, StringComparison.Ordinal)).Should().BeEmpty("it is encrypted at rest");
        disk.Contains("<sealed", StringComparison.Ordinal).Should().BeTrue("a test that finds no key proves nothing");
    }

    [Fact]
    public async Task With_the_right_key_everything_is_there_again()
    {
        await WriteSecretsAsync(Master);

        await using var app = await StartAsync(Master);
        (await app.Services.GetRequiredService<SecondFactors>().CodesLeftAsync(Id, CancellationToken.None)).Should().Be(SecondFactors.RecoveryCodes);
    }

    [Theory]
    [InlineData(null, "*set Crm:MasterKey to what it was*")]
    [InlineData(Other, "*Crm:MasterKey is not the one*")]
    public async Task Without_the_key_or_with_another_one_the_server_does_not_start_and_says_why(string? key, string sentence)
    {
        await WriteSecretsAsync(Master);

        var starting = () => StartAsync(key);

        (await starting.Should().ThrowAsync<MasterKeyException>().WithMessage(sentence)).Which.ToString().Should().NotContain(Master).And.NotContain(Other);
        await using var app = await StartAsync(Master);
        (await app.Services.GetRequiredService<SecondFactors>().IsOnAsync(Id, CancellationToken.None)).Should().BeTrue("the try has changed nothing");
    }

    [Fact]
    public async Task A_second_factor_that_cannot_be_read_is_still_asked_for()
    {
        await using var app = await StartAsync(null);
        await app.Silo.Store.WriteSecretAsync($"totp:{Id:N}", [1, 2, 3], CancellationToken.None);

        (await app.Services.GetRequiredService<SecondFactors>().IsOnAsync(Id, CancellationToken.None)).Should().BeTrue("else a damaged secret would open the door");
    }

    private static Guid Id { get; } = new("01900000-0000-7000-8000-0000000000aa");

    private async Task WriteSecretsAsync(string key)
    {
        await using var app = await StartAsync(key);
        var tenant = await app.NewTenantAsync();
        (await tenant.Boss.Client.PutAsync("/api/company-sign-in", new { label = "x", issuer = "https://id.example.com", clientId = "x", enabled = false, clientSecret = ClientSecret })).Expect(200);
        var factors = app.Services.GetRequiredService<SecondFactors>();
        var seed = await factors.BeginAsync(Id, CancellationToken.None);
        (await factors.ConfirmAsync(Id, Totp.CodeOf(seed, DateTimeOffset.UtcNow.ToUnixTimeSeconds() / 30), CancellationToken.None)).Should().HaveCount(SecondFactors.RecoveryCodes);
    }

    private Task<CrmApp> StartAsync(string? key) => CrmApp.StartAsync(new() { Folder = _folder, Settings = new Dictionary<string, string?> { ["Crm:MasterKey"] = key } });
}
