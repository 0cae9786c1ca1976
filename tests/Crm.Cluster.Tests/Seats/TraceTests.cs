using System.Diagnostics;
using Crm.Cluster.Tests.Support;
using Crm.Runtime.Tests.Engines;
using Crm.Runtime.Tests.Sqlite;
using Crm.Runtime.Tests.Support;

namespace Crm.Cluster.Tests.Seats;

public sealed class TraceTests
{
    [Fact]
    public async Task A_command_is_followed_to_the_node_that_judges_it_and_into_its_store()
    {
        using var spans = new Spans();
        await using var fixture = new ClusterFixture<SqliteFixture>();
        await using var store = fixture.OpenStore();
        await using var running = fixture.StartEngine(store, [new BoxBehaviour()], new FakeTime(), new EngineLimits());
        using var request = new Activity("request").Start();

        (await running.Engine.TellAsync(new(Hand.Box(1), new BoxCommand.Add(1), Sender.System), CancellationToken.None)).Kind.Should().Be(OutcomeKind.Committed);

        // the grain's ends when its answer is on the way
        await Until.TrueAsync(() => spans.Of(request.TraceId).Any(span => span.OperationName == "grain"), "the span of the grain");
        var grain = spans.Of(request.TraceId).Single(span => span.OperationName == "grain");
        var command = spans.Of(request.TraceId).Single(span => span.OperationName == "command");
        grain.ParentSpanId.Should().Be(request.SpanId);
        command.ParentSpanId.Should().Be(grain.SpanId);
        spans.Of(request.TraceId).Should().ContainSingle(span => span.OperationName == "store commit").Which.ParentSpanId.Should().Be(command.SpanId);
    }
}
