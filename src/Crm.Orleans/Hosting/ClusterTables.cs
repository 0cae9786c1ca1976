using Crm.Runtime.PostgreSql;
using Npgsql;

namespace Crm.Orleans.Hosting;

/// <summary>
/// The tables by which Orleans' ADO.NET providers find the members of a cluster and keep the states of grains. A provider works by the
/// statements it finds in the table <c>OrleansQuery</c>; those here are ours. What is there already stays: whoever has run the scripts of
/// Orleans has the same tables.
/// </summary>
internal static class ClusterTables
{
    private const string Members = """
        create table if not exists OrleansQuery (QueryKey varchar(64) primary key, QueryText varchar(8000) not null);

        create table if not exists OrleansMembershipVersionTable (
            DeploymentId varchar(150) primary key,
            Timestamp timestamptz(3) not null default now(),
            Version integer not null default 0);

        create table if not exists OrleansMembershipTable (
            DeploymentId varchar(150) not null references OrleansMembershipVersionTable,
            Address varchar(45) not null,
            Port integer not null,
            Generation integer not null,
            SiloName varchar(150) not null,
            HostName varchar(150) not null,
            Status integer not null,
            ProxyPort integer,
            SuspectTimes varchar(8000),
            StartTime timestamptz(3) not null,
            IAmAliveTime timestamptz(3) not null,
            primary key (DeploymentId, Address, Port, Generation));

        insert into OrleansQuery values
        ('InsertMembershipVersionKey', '
            with made as (insert into OrleansMembershipVersionTable (DeploymentId) values (@DeploymentId) on conflict do nothing returning 1)
            select count(*)::integer from made'),
        ('InsertMembershipKey', '
            with raised as (
                update OrleansMembershipVersionTable set Timestamp = now(), Version = Version + 1
                where DeploymentId = @DeploymentId and Version = @Version and not exists (
                    select from OrleansMembershipTable where DeploymentId = @DeploymentId and Address = @Address and Port = @Port and Generation = @Generation)
                returning 1),
            made as (
                insert into OrleansMembershipTable (DeploymentId, Address, Port, Generation, SiloName, HostName, Status, ProxyPort, StartTime, IAmAliveTime)
                select @DeploymentId, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime from raised
                returning 1)
            select count(*)::integer from made'),
        ('UpdateMembershipKey', '
            with raised as (
                update OrleansMembershipVersionTable set Timestamp = now(), Version = Version + 1
                where DeploymentId = @DeploymentId and Version = @Version and exists (
                    select from OrleansMembershipTable where DeploymentId = @DeploymentId and Address = @Address and Port = @Port and Generation = @Generation)
                returning 1),
            changed as (
                update OrleansMembershipTable set Status = @Status, SuspectTimes = @SuspectTimes, IAmAliveTime = @IAmAliveTime from raised
                where DeploymentId = @DeploymentId and Address = @Address and Port = @Port and Generation = @Generation
                returning 1)
            select count(*)::integer from changed'),
        ('UpdateIAmAlivetimeKey', '
            update OrleansMembershipTable set IAmAliveTime = @IAmAliveTime
            where DeploymentId = @DeploymentId and Address = @Address and Port = @Port and Generation = @Generation'),
        ('MembershipReadRowKey', '
            select v.DeploymentId, m.Address, m.Port, m.Generation, m.SiloName, m.HostName, m.Status, m.ProxyPort, m.SuspectTimes, m.StartTime, m.IAmAliveTime, v.Version
            from OrleansMembershipVersionTable v
            left join OrleansMembershipTable m on m.DeploymentId = v.DeploymentId and m.Address = @Address and m.Port = @Port and m.Generation = @Generation
            where v.DeploymentId = @DeploymentId'),
        ('MembershipReadAllKey', '
            select v.DeploymentId, m.Address, m.Port, m.Generation, m.SiloName, m.HostName, m.Status, m.ProxyPort, m.SuspectTimes, m.StartTime, m.IAmAliveTime, v.Version
            from OrleansMembershipVersionTable v left join OrleansMembershipTable m on m.DeploymentId = v.DeploymentId
            where v.DeploymentId = @DeploymentId'),
        ('DeleteMembershipTableEntriesKey', '
            delete from OrleansMembershipTable where DeploymentId = @DeploymentId;
            delete from OrleansMembershipVersionTable where DeploymentId = @DeploymentId'),
        ('GatewaysQueryKey', '
            select Address, ProxyPort, Generation from OrleansMembershipTable where DeploymentId = @DeploymentId and Status = @Status and ProxyPort > 0'),
        ('CleanupDefunctSiloEntriesKey', '
            delete from OrleansMembershipTable where DeploymentId = @DeploymentId and IAmAliveTime < @IAmAliveTime and Status <> 3')
        on conflict do nothing;
        """;

    private const string States = """
        create table if not exists OrleansStorage (
            grainidhash integer not null,
            grainidn0 bigint not null,
            grainidn1 bigint not null,
            graintypehash integer not null,
            graintypestring varchar(512) not null,
            grainidextensionstring varchar(512),
            serviceid varchar(150) not null,
            payloadbinary bytea,
            modifiedon timestamp not null,
            version integer);

        create unique index if not exists orleansstorage_of_grain on OrleansStorage
            (grainidhash, graintypehash, grainidn0, grainidn1, graintypestring, serviceid, coalesce(grainidextensionstring, ''));

        insert into OrleansQuery values
        ('WriteToStorageKey', '
            with changed as (
                update OrleansStorage set payloadbinary = @PayloadBinary, modifiedon = now() at time zone ''utc'', version = version + 1
                where grainidhash = @GrainIdHash and graintypehash = @GrainTypeHash and grainidn0 = @GrainIdN0 and grainidn1 = @GrainIdN1
                    and graintypestring = @GrainTypeString and serviceid = @ServiceId
                    and coalesce(grainidextensionstring, '''') = coalesce(@GrainIdExtensionString, '''') and version = @GrainStateVersion
                returning version),
            made as (
                insert into OrleansStorage (grainidhash, grainidn0, grainidn1, graintypehash, graintypestring, grainidextensionstring, serviceid, payloadbinary, modifiedon, version)
                select @GrainIdHash, @GrainIdN0, @GrainIdN1, @GrainTypeHash, @GrainTypeString, @GrainIdExtensionString, @ServiceId, @PayloadBinary, now() at time zone ''utc'', 1
                where @GrainStateVersion is null
                on conflict do nothing
                returning version)
            select coalesce((select version from changed), (select version from made), @GrainStateVersion) as NewGrainStateVersion'),
        ('ReadFromStorageKey', '
            select payloadbinary as PayloadBinary, now() at time zone ''utc'', version as Version from OrleansStorage
            where grainidhash = @GrainIdHash and graintypehash = @GrainTypeHash and grainidn0 = @GrainIdN0 and grainidn1 = @GrainIdN1
                and graintypestring = @GrainTypeString and serviceid = @ServiceId
                and coalesce(grainidextensionstring, '''') = coalesce(@GrainIdExtensionString, '''')'),
        ('ClearStorageKey', '
            update OrleansStorage set payloadbinary = null, version = version + 1
            where grainidhash = @GrainIdHash and graintypehash = @GrainTypeHash and grainidn0 = @GrainIdN0 and grainidn1 = @GrainIdN1
                and graintypestring = @GrainTypeString and serviceid = @ServiceId
                and coalesce(grainidextensionstring, '''') = coalesce(@GrainIdExtensionString, '''') and version = @GrainStateVersion
            returning version as NewGrainStateVersion'),
        ('DeleteStorageKey', '
            delete from OrleansStorage
            where grainidhash = @GrainIdHash and graintypehash = @GrainTypeHash and grainidn0 = @GrainIdN0 and grainidn1 = @GrainIdN1
                and graintypestring = @GrainTypeString and serviceid = @ServiceId
                and coalesce(grainidextensionstring, '''') = coalesce(@GrainIdExtensionString, '''') and version = @GrainStateVersion
            returning version + 1 as NewGrainStateVersion')
        on conflict do nothing;
        """;

    /// <summary>Makes those that are missing.</summary>
    /// <param name="withStates">Also those of the states of grains.</param>
    /// <exception cref="DatabaseUnreachableException">There is no such database, or nobody lets us in.</exception>
    public static async Task MakeAsync(string connection, bool withStates, CancellationToken cancel)
    {
        try
        {
            await using var source = NpgsqlDataSource.Create(connection);
            await using var session = await source.OpenConnectionAsync(cancel);
            await using var work = await session.BeginTransactionAsync(cancel);
            // nodes that begin together make them one after the other: "if not exists" alone is a race
            await using var make = new NpgsqlCommand($"select pg_advisory_xact_lock(7161719);\n{Members}\n{(withStates ? States : "")}", session, work);
            await make.ExecuteNonQueryAsync(cancel);
            await work.CommitAsync(cancel);
        }
        catch (NpgsqlException failure)
        {
            throw new DatabaseUnreachableException(failure);
        }
    }
}
