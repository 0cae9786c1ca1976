using Crm.Grains.ApiKeys;
using Crm.Grains.Pipelines;
using Crm.Grains.Users;
using Crm.Runtime;
using Crm.Silo.Pipelines;
using Crm.Silo.Rights;
using Crm.Web.People;

namespace Crm.Web.Tests.Hosting;

/// <summary>Somebody of a tenant, signed in.</summary>
public sealed record Person(Guid Id, string Name, string Login, string Role, ApiClient Client);

/// <summary>An organisation made for one test.</summary>
public sealed class TestTenant
{
    public const string Password = "correct-horse-1";

    private readonly CrmApp _app;

    private TestTenant(CrmApp app, string key) => (_app, Key) = (app, key);

    public string Key { get; }

    /// <summary>An API key with the admin role: what most tests act with.</summary>
    public ApiClient Admin { get; private set; } = null!; // set while it is made

    /// <summary>An API key with the sales role, and its id.</summary>
    public (Guid Id, ApiClient Client) SalesKey { get; private set; }

    public Person Boss { get; private set; } = null!; // set while it is made

    public Person Sales { get; private set; } = null!; // set while it is made

    public Person OtherSales { get; private set; } = null!; // set while it is made

    /// <summary>The secret of <see cref="Admin"/>.</summary>
    public string AdminKey { get; private set; } = "";

    /// <summary>The position of the newest event.</summary>
    public long Head => _app.Silo.Store.HeadOf(Key);

    internal static async Task<TestTenant> MakeAsync(CrmApp app, string key)
    {
        var tenant = new TestTenant(app, key);
        (_, tenant.Admin, tenant.AdminKey) = await tenant.NewKeyAsync("admin");
        var (id, client, _) = await tenant.NewKeyAsync("sales");
        tenant.SalesKey = (id, client);
        tenant.Boss = await tenant.NewPersonAsync("boss", "admin");
        tenant.Sales = await tenant.NewPersonAsync("sales", "sales");
        tenant.OtherSales = await tenant.NewPersonAsync("other", "sales");
        foreach (var preset in PipelinePresets.All.Keys)
        {
            await tenant.TellAsync("pipeline", PipelineDirectory.IdOf(key, preset).Key, new PipelineCommand.Create(preset, $"{preset} pipeline", preset));
        }

        return tenant;
    }

    /// <summary>Somebody with an open session but without a password: hashing one takes longer than most tests.</summary>
    public async Task<Person> NewPersonAsync(string name, string role)
    {
        var (id, login) = (Guid.CreateVersion7(), $"{name}@{Key}");
        await TellAsync("user", id, new UserCommand.Register(name, login, role));
        await _app.Credentials.InviteAsync(login, new(Key, id, name, role), CancellationToken.None);
        return await NewSessionAsync(new(id, name, login, role, null!)); // the client is what this answers
    }

    /// <summary>The same person at another browser.</summary>
    public async Task<Person> NewSessionAsync(Person person)
    {
        var cookie = await _app.Credentials.OpenSessionAsync(person.Login, new(Key, person.Id, person.Name, person.Role), CancellationToken.None);
        return person with { Client = new ApiClient(_app, Key, person.Id) { Cookie = cookie } };
    }

    /// <summary>Somebody who can sign in with <see cref="Password"/>, registered as the product does it. Not signed in.</summary>
    public async Task<Person> RegisterAsync(string name, string role)
    {
        var login = $"{name}@{Key}";
        var answer = await PeopleEndpoints.RegisterAsync(
            _app.Silo, _app.Credentials, Asker.System(Key), new(name, login, Password, role), new(SenderKind.System, Trusted: true), CancellationToken.None);
        answer.Refusal.Should().BeNull();
        return new(answer.Id, name, login, role, new ApiClient(_app, Key, answer.Id));
    }

    public async Task<(Guid Id, ApiClient Client, string Secret)> NewKeyAsync(string role)
    {
        var id = Guid.CreateVersion7();
        await TellAsync("apikey", id, new ApiKeyCommand.Issue($"{role} key", role));
        var secret = await _app.Credentials.IssueKeyAsync(new(Key, id, $"{role} key", role), null, CancellationToken.None);
        return (id, new ApiClient(_app, Key, id) { ApiKey = secret }, secret);
    }

    private async Task TellAsync(string kind, Guid id, object command)
    {
        var answer = await _app.Silo.Commands.TellAsync(Asker.System(Key), kind, id, command, new(SenderKind.System, Trusted: true), CancellationToken.None);
        answer.Refusal.Should().BeNull();
    }
}
