using Npgsql;
using GrainId = Crm.Runtime.GrainId;

namespace Crm.Orleans.States;

/// <summary>Announcements in a table of the database that has the journal.</summary>
internal sealed class PostgreSqlAnnouncements(string connection) : IAnnouncements, IAsyncDisposable
{
    private readonly NpgsqlDataSource _source = NpgsqlDataSource.Create(connection);

    public async Task MakeAsync(CancellationToken cancel)
    {
        await using var make = _source.CreateCommand("""
            create table if not exists announced_write (
                tenant text not null, kind text not null, key uuid not null, member uuid not null, at timestamptz not null default now(),
                primary key (tenant, kind, key, member))
            """);
        await make.ExecuteNonQueryAsync(cancel);
    }

    public Task AnnounceAsync(GrainId grain, Guid member, CancellationToken cancel) =>
        ExecuteAsync("insert into announced_write (tenant, kind, key, member) values ($1, $2, $3, $4) on conflict (tenant, kind, key, member) do update set at = now()", grain, member, cancel);

    public Task WithdrawAsync(GrainId grain, Guid member, CancellationToken cancel) =>
        ExecuteAsync("delete from announced_write where tenant = $1 and kind = $2 and key = $3 and member = $4", grain, member, cancel);

    public async Task<IReadOnlyList<Announcement>> ReadAsync(int limit, CancellationToken cancel)
    {
        await using var read = _source.CreateCommand("select tenant, kind, key, member from announced_write order by at limit $1");
        read.Parameters.Add(new() { Value = limit });
        await using var rows = await read.ExecuteReaderAsync(cancel);
        var found = new List<Announcement>();
        while (await rows.ReadAsync(cancel))
        {
            found.Add(new(new(rows.GetString(0), rows.GetString(1), rows.GetGuid(2)), rows.GetGuid(3)));
        }

        return found;
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private async Task ExecuteAsync(string sql, GrainId grain, Guid member, CancellationToken cancel)
    {
        await using var command = _source.CreateCommand(sql);
        foreach (var value in (object[])[grain.Tenant, grain.Kind, grain.Key, member])
        {
            command.Parameters.Add(new() { Value = value });
        }

        await command.ExecuteNonQueryAsync(cancel);
    }
}
