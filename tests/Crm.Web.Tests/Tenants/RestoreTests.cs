using Crm.Runtime.Archive;
using Crm.Silo.Audit;
using Crm.Web.Tenants;
using Microsoft.Extensions.Configuration;

namespace Crm.Web.Tests.Tenants;

/// <summary>The command line's restore: a tenant from its archive and what continues it.</summary>
public sealed class RestoreTests : IAsyncLifetime
{
    private CrmApp _app = null!; // set before each test

    public async ValueTask InitializeAsync() => _app = await CrmApp.StartAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task A_tenant_comes_back_as_it_was_at_a_point_and_what_was_here_is_kept()
    {
        var tenant = await FillAsync();
        var point = _app.Silo.Store.HeadOf(tenant.Key);
        (await tenant.Sales.Client.PostAsync("/api/leads", new { name = "a mistake" })).Expect(201);
        var archive = new JournalArchive(_app.Silo.Store, _app.Silo.FileStore) { LeastBytes = 1_000, PageSize = 5 };
        (await archive.WriteAsync(tenant.Key, DateTimeOffset.MaxValue, CancellationToken.None)).Should().NotBeEmpty();
        await _app.Silo.Anchors.WriteAsync(CancellationToken.None);

        (await RunAsync(tenant.Key, ("position", $"{point}")))!.Code.Should().Be("tenant-exists");
        (await RunAsync(tenant.Key, ("position", "x"), ("replace", "true")))!.Code.Should().Be("date-invalid");
        (await RunAsync(tenant.Key, ("position", $"{point}"), ("replace", "true"))).Should().BeNull();

        (await _app.Silo.Store.ReadJournalAsync(tenant.Key, 0, 1_000, ["lead-captured-v1"], CancellationToken.None)).Should().HaveCount(20);
        (await _app.Silo.Store.VerifyAsync(tenant.Key, CancellationToken.None)).Should().BeNull();
        (await Anchors.CheckAsync(_app.Silo.Store, Path.Combine(_app.Folder, "data"), tenant.Key, CancellationToken.None)).Should().BeNull("it was taken back on purpose");
        Directory.EnumerateFiles(Path.Combine(_app.Folder, "data"), $"{tenant.Key}-before-restore-*.zip").Should().ContainSingle();
    }

    [Fact]
    public async Task What_nothing_is_known_of_is_not_restored_and_nothing_is_lost()
    {
        var tenant = await FillAsync();
        var head = _app.Silo.Store.HeadOf(tenant.Key);

        (await RunAsync("nobody"))!.Code.Should().Be("archive-empty");
        (await RunAsync(tenant.Key, ("position", "0"), ("replace", "true")))!.Code.Should().Be("archive-empty");

        _app.Silo.Store.HeadOf(tenant.Key).Should().Be(head);
    }

    private async Task<TestTenant> FillAsync()
    {
        var tenant = await _app.NewTenantAsync();
        for (var i = 0; i < 20; i++)
        {
            (await tenant.Sales.Client.PostAsync("/api/leads", new { name = $"lead {i}" })).Expect(201);
        }

        return tenant;
    }

    private async Task<Crm.Grains.Kernel.Refusal?> RunAsync(string tenant, params (string Key, string Value)[] options) => await TenantRestore.RunAsync(
        _app.Silo, _app.Services, tenant, new ConfigurationBuilder().AddInMemoryCollection(options.ToDictionary(option => option.Key, option => (string?)option.Value)).Build(), CancellationToken.None);
}
