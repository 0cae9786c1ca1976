using Crm.Torture.Load;
using Crm.Torture.Store;

namespace Crm.Torture.Tests;

/// <summary>The checks must be able to fail: each harm done to a folder is noticed, by the check that it is for.</summary>
public sealed class InvariantsTests(WornFolder worn) : IClassFixture<WornFolder>
{
    [Fact]
    public async Task An_unharmed_folder_passes_every_check()
    {
        var problems = await CheckAsync(_ => { });
        problems.All.Should().BeEmpty();
    }

    [Theory]
    [InlineData("I1", "delete from journal where id = (select max(id) from journal)")]
    [InlineData("I1", "update journal set payload = cast(replace(cast(payload as text), 'w-', 'v-') as blob)")]
    [InlineData("I2", "delete from journal where id = (select id from journal order by id limit 1 offset 50)")]
    [InlineData("I2", "update journal set version = version + 1 where id = (select id from journal order by id limit 1 offset 50)")]
    [InlineData("I3", "delete from handled where position = (select max(position) from handled)")]
    [InlineData("I3", "update handled set version = version + 1 where position = (select max(position) from handled)")]
    [InlineData("I3", "update journal set command = (select command from journal where command like 'http/%' order by id limit 1) where command like 'http/%' and id = (select max(id) from journal where command like 'http/%')")]
    [InlineData("I4", "delete from journal where kind = 'customer'")]
    [InlineData("I5", "update g_lead set card = cast(replace(cast(card as text), '\"captures\":1', '\"captures\":2') as blob)")]
    [InlineData("I5", "update g_lead set state = cast(replace(cast(state as text), '张伟', '王伟') as blob)")]
    [InlineData("I5", "update g_lead set k_name = x'00' where id = 3")]
    [InlineData("I5", "update g_opportunity set f_amount = f_amount + 1 where id = 3")]
    [InlineData("I5", "update g_opportunity set listed = null where id = 3")]
    [InlineData("I5", "delete from claim where name = (select min(name) from claim)")]
    [InlineData("I5", "insert into clock select key, 'step', tenant, 'lead', 1 from g_lead where f_status = 'ruled-out' or f_status = 'converted'")]
    [InlineData("I5", "update tally set count = count + 1 where grp = (select min(grp) from tally)")]
    [InlineData("I5", "update tally set cents = cents - 1 where grp = (select min(grp) from tally)")]
    [InlineData("I5", "delete from s_lead where rowid = 3")]
    [InlineData("I6", "update g_lead set version = version + 1 where id = 3")]
    [InlineData("I6", "delete from g_contact where id = 1")]
    [InlineData("I7", "update g_opportunity set f_amount = f_amount + 1 where f_status = 'open' and f_currency = 'CNY'")]
    [InlineData("I7", "update g_opportunity set f_stage = 'quote' where f_pipeline = 'simple' and f_stage = 'contact'")]
    [InlineData("I10", "update journal set at = at + 1 where id = (select id from journal order by id limit 1 offset 50)")]
    [InlineData("I10", "update journal set payload_hash = x'00' where id = (select max(id) from journal)")]
    public async Task A_harm_is_noticed(string invariant, string sql)
    {
        var problems = await CheckAsync(file => file.Execute(sql));
        problems.All.Should().Contain(sentence => sentence.StartsWith(invariant, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_answer_that_went_out_and_is_not_there_is_lost()
    {
        var problems = new Problems();
        await Invariants.CheckAsync(worn.Copy(), worn.Load.History, [new(Guid.Empty, 1)], problems);
        problems.Lost.Should().Be(1);
    }

    [Fact]
    public async Task What_was_refused_and_is_there_is_noticed()
    {
        var done = worn.Load.History.Values.First(op => op.Verdict == Verdict.Ok);
        var refused = new Op(done.Key, done.Path, done.Body, alwaysWrites: true, hasKeyInText: true);
        refused.Take(new(Verdict.Refused, 409, "state-conflict"));
        var problems = new Problems();
        await Invariants.CheckAsync(worn.Copy(), new Dictionary<string, Op> { [refused.Key] = refused }, null, problems);
        problems.All.Should().ContainSingle().Which.Should().StartWith("I1");
    }

    [Fact]
    public void A_second_answer_that_differs_is_noticed()
    {
        var op = new Op("k", "/api/leads", "{}", alwaysWrites: true, hasKeyInText: false);
        op.Take(new(Verdict.Ok, 201, "", Guid.Empty, 1)).Should().BeNull();
        op.Take(new(Verdict.Ok, 201, "", Guid.Empty, 1)).Should().BeNull();
        op.Take(new(Verdict.Refused, 409, "idempotency-in-flight")).Should().BeNull();
        op.Take(new(Verdict.Unknown, 0, "")).Should().BeNull();
        op.Take(new(Verdict.Ok, 201, "", Guid.Empty, 2)).Should().StartWith("I3");
        op.Take(new(Verdict.Refused, 409, "state-conflict")).Should().StartWith("I3");
    }

    /// <summary>All checks there are, on a copy that <paramref name="harm"/> was done to.</summary>
    private async Task<Problems> CheckAsync(Action<DataFile> harm)
    {
        var folder = worn.Copy();
        using (var file = new DataFile(folder))
        {
            harm(file);
        }

        var problems = new Problems();
        var journal = await Invariants.CheckAsync(folder, worn.Load.History, null, problems);
        Invariants.CheckConversions(journal, problems);
        FunnelQuery.Compare(folder, worn.Funnels, problems);
        if (journal.Gaps.Count == 0)
        {
            await Rebuild.CompareAsync(folder, problems);
        }

        return problems;
    }
}
