using Crm.Grains.Leads;
using Crm.Runtime;
using Crm.Silo.Audit;
using Crm.Silo.Rights;
using Crm.Silo.Tests.Hosting;

namespace Crm.Silo.Tests.Audit;

public sealed class AnchorTests
{
    [Fact]
    public async Task A_stop_leaves_anchors_that_hold_and_notice_another_journal()
    {
        await using var silo = await TestSilo.OpenAsync();
        await CaptureAsync(silo, "a");
        await silo.ReopenAsync();
        await CaptureAsync(silo, "b");
        await silo.ReopenAsync();

        var path = Path.Combine(silo.Folder, Anchors.FileName);
        var lines = await File.ReadAllLinesAsync(path);
        lines.Should().HaveCount(2).And.OnlyContain(line => line.Contains($" {TestSilo.Tenant} ", StringComparison.Ordinal));
        (await Anchors.CheckAsync(silo.Silo.Store, silo.Folder, TestSilo.Tenant, CancellationToken.None)).Should().BeNull();

        await File.WriteAllLinesAsync(path, [lines[0], lines[1][..^1] + (lines[1][^1] == '0' ? '1' : '0')]);
        (await Anchors.CheckAsync(silo.Silo.Store, silo.Folder, TestSilo.Tenant, CancellationToken.None))!.Position.Should().Be(2); // the last character was changed
    }

    private static async Task CaptureAsync(TestSilo silo, string name)
    {
        var answer = await silo.Silo.Commands.TellAsync(
            Asker.System(TestSilo.Tenant), "lead", Guid.CreateVersion7(), new LeadCommand.Capture(name), new(SenderKind.System, Trusted: true), CancellationToken.None);
        answer.Refusal.Should().BeNull();
    }
}
