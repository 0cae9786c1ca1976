namespace Crm.Web.Tests.Hosting;

/// <summary>A test that has the shared application and a tenant of its own.</summary>
public abstract class ApiTest(SharedApp shared) : IAsyncLifetime
{
    protected CrmApp App => shared.App;

    protected TestTenant Tenant { get; private set; } = null!; // set before the test

    /// <summary>An API key with the admin role.</summary>
    protected ApiClient Admin => Tenant.Admin;

    protected ApiClient Guest => App.Guest();

    /// <summary>A salesperson with a session cookie.</summary>
    protected ApiClient Sales => Tenant.Sales.Client;

    public async ValueTask InitializeAsync() => Tenant = await App.NewTenantAsync();

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
