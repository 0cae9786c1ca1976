using System.Collections.Concurrent;
using Crm.Silo.Hosting;
using Crm.Web.Hosting;
using Crm.Web.Session;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

[assembly: AssemblyFixture(typeof(SharedApp))]

namespace Crm.Web.Tests.Hosting;

/// <summary>The one application that most tests share. Each test works in a tenant of its own, so they cannot see each other.</summary>
public sealed class SharedApp : IAsyncLifetime
{
    public CrmApp App { get; private set; } = null!; // set before the first test

    public async ValueTask InitializeAsync() => App = await CrmApp.StartAsync();

    public ValueTask DisposeAsync() => App.DisposeAsync();
}

/// <summary>How an application of a test differs from the real one.</summary>
public sealed record CrmAppOptions
{
    /// <summary>An existing data folder; null for a new one that goes with the application.</summary>
    public string? Folder { get; init; }

    public TimeProvider? Time { get; init; }

    public Action<WebApplicationBuilder>? Configure { get; init; }

    /// <summary>What is done before anything works by itself.</summary>
    public Func<CrmSilo, Credentials, Task>? Prepare { get; init; }

    /// <summary>Settings beyond those of every test, such as <c>Crm:Operator:Key</c>.</summary>
    public IReadOnlyDictionary<string, string?> Settings { get; init; } = new Dictionary<string, string?>();
}

/// <summary>The real application: Kestrel on a free port of 127.0.0.1, SQLite in a folder of its own. Only the demo tenant is left out.</summary>
public sealed class CrmApp : IAsyncDisposable
{
    /// <summary>Stands for the built UI.</summary>
    public const string Page = "<!doctype html><title>CRM</title>";

    private readonly WebApplication _app;
    private readonly string _folder;
    private readonly bool _ownsFolder;
    private readonly BugLog _bugs;
    private int _tenants;

    private CrmApp(WebApplication app, CrmSilo silo, string folder, bool ownsFolder, BugLog bugs)
    {
        (_app, Silo, _folder, _ownsFolder, _bugs) = (app, silo, folder, ownsFolder, bugs);
        Address = new(app.Urls.First());
        Http = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, UseProxy = false, PooledConnectionIdleTimeout = TimeSpan.FromMinutes(5) })
        {
            BaseAddress = Address,
            Timeout = TimeSpan.FromSeconds(60),
        };
    }

    public Uri Address { get; }

    public HttpClient Http { get; }

    public CrmSilo Silo { get; }

    public IServiceProvider Services => _app.Services;

    public Credentials Credentials => Services.GetRequiredService<Credentials>();

    /// <summary>Everything that was logged, as an operator would find it.</summary>
    public IReadOnlyCollection<string> Logged => _bugs.Lines;

    /// <summary>The file of the database.</summary>
    public string Database => Path.Combine(_folder, "data", "crm.db");

    public string Folder => _folder;

    public static async Task<CrmApp> StartAsync(CrmAppOptions? options = null)
    {
        options ??= new();
        var folder = options.Folder ?? Directory.CreateTempSubdirectory("crm-web-").FullName;
        var site = Path.Combine(folder, "site");
        Directory.CreateDirectory(Path.Combine(site, "wwwroot", "assets"));
        await File.WriteAllTextAsync(Path.Combine(site, "wwwroot", "index.html"), Page);
        await File.WriteAllTextAsync(Path.Combine(site, "wwwroot", "assets", "app-1a2b3c.js"), "export {};");

        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = site, EnvironmentName = "Production" });
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Crm:DataPath"] = Path.Combine(folder, "data"),
            ["Crm:Demo:Enabled"] = "false",
            // these tests are about answers, not about power cuts
            ["Crm:Synchronous"] = "OFF",
            ["urls"] = "http://127.0.0.1:0",
        });
        builder.Configuration.AddInMemoryCollection(options.Settings);
        builder.AddCrm();
        var bugs = new BugLog();
        builder.Logging.ClearProviders().AddProvider(bugs);
        if (options.Time is { } time)
        {
            builder.Services.AddSingleton(time);
        }

        options.Configure?.Invoke(builder);
        var app = builder.Build();
        var silo = await app.Services.GetRequiredService<SiloHolder>().OpenAsync(
            app.Lifetime, opened => options.Prepare?.Invoke(opened, app.Services.GetRequiredService<Credentials>()) ?? Task.CompletedTask);
        app.MapCrm();
        await app.StartAsync();
        return new(app, silo, folder, options.Folder is null, bugs);
    }

    /// <summary>An organisation of its own, with an administrator, two sales people, keys and the preset pipelines.</summary>
    public Task<TestTenant> NewTenantAsync() => TestTenant.MakeAsync(this, $"t{Interlocked.Increment(ref _tenants)}-{Guid.NewGuid():N}"[..20]);

    /// <summary>A caller without credentials.</summary>
    public ApiClient Guest() => new(this, tenant: null, callerId: null);

    /// <summary>The routes as the running application has them.</summary>
    public IEnumerable<Microsoft.AspNetCore.Routing.RouteEndpoint> Routes =>
        Services.GetServices<Microsoft.AspNetCore.Routing.EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<Microsoft.AspNetCore.Routing.RouteEndpoint>();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        // the container is not disposed: it would dispose the silo a second time
        await Silo.DisposeAsync();
        if (_ownsFolder)
        {
            Directory.Delete(_folder, recursive: true);
        }

        _bugs.All.Should().BeEmpty("no request may end in a bug");
    }

    /// <summary>Keeps what was logged, and what was logged as an error apart: a test that provoked one fails even if it did not look.</summary>
    private sealed class BugLog : ILoggerProvider
    {
        public ConcurrentQueue<string> All { get; } = new();

        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

        public void Dispose()
        {
        }

        private sealed class Logger(BugLog log, string category) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            {
                var line = $"{category}: {formatter(state, exception)} {exception}";
                log.Lines.Enqueue(line);
                if (logLevel >= LogLevel.Error)
                {
                    log.All.Enqueue(line);
                }
            }
        }
    }
}
