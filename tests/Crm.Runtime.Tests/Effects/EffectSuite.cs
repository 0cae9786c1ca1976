using System.Collections.Concurrent;
using Crm.Runtime.Effects;
using Crm.Runtime.Journal;
using Crm.Runtime.Tests.Engines;
using Crm.Runtime.Tests.Support;

namespace Crm.Runtime.Tests.Effects;

/// <summary>Effects on any engine and store: a row with the event first, then done at least once, always under the same dedupe key.</summary>
public abstract class EffectSuite<TFixture> : RuntimeSuite<TFixture> where TFixture : IRuntimeFixture, new()
{
    private readonly ConcurrentQueue<Exception> _faults = new();
    private readonly Mailer _mailer = new();
    private EffectRunner? _runner;
    private IReadOnlyList<IEffectHandler> _handlers;

    protected EffectSuite() => _handlers = [_mailer];

    [Fact]
    public async Task An_effect_is_done_once_after_its_event_is_stored()
    {
        Start();
        Store.Hold();
        var mailed = MailAsync(One, "m1", "m2");
        await Until.TrueAsync(() => Store.Waiting == 1, "the write");
        _mailer.Sent.Should().BeEmpty();
        Store.Release();
        await mailed;
        await DoneAsync(2);
        _mailer.Sent.Select(mail => (mail.DedupeKey, mail.Attempts, mail.Tenant)).Should().Equal(("m1", 0, "acme"), ("m2", 0, "acme"));
        await CloseAsync();
        Start();
        await MailAsync(One, "m3");
        await DoneAsync(3);
        _mailer.Sent.Should().HaveCount(3);
    }

    [Fact]
    public async Task A_write_that_fails_has_no_effect()
    {
        Store.FailWrite = write => write.Grain == One ? WriteResult.StorageFull : null;
        Start();
        (await MailAsync(One, "m1")).Kind.Should().Be(OutcomeKind.StorageFull);
        await MailAsync(Two, "m2");
        await DoneAsync(1);
        _mailer.Sent.Select(mail => mail.DedupeKey).Should().Equal("m2");
    }

    [Fact]
    public async Task An_effect_left_behind_is_done_after_a_restart()
    {
        await MailAsync(One, "m1");
        await CloseAsync();
        Start();
        await DoneAsync(1);
    }

    [Fact]
    public async Task A_failing_effect_is_tried_ten_times_at_growing_pauses_under_one_key_and_then_parked()
    {
        _mailer.Fails = mail => mail.DedupeKey == "bad";
        Start();
        await MailAsync(One, "bad");
        for (var tries = 1; tries <= EffectRunner.Pauses.Count; tries++)
        {
            await Until.TrueAsync(() => _mailer.Tries("bad") == tries, $"try {tries}");
            await NoneIsLeftAsync();
            Time.Advance(EffectRunner.Pauses[tries - 1] - TimeSpan.FromMilliseconds(1));
            await MailAsync(Two, $"early{tries}");
            await NoneIsLeftAsync();
            _mailer.Tries("bad").Should().Be(tries, "it is not due yet");
            Time.Advance(TimeSpan.FromMilliseconds(1));
            await MailAsync(Two, $"late{tries}");
        }

        await Until.TrueAsync(() => _mailer.Tries("bad") == 10, "the last try");
        await NoneIsLeftAsync();
        _mailer.Tries("bad").Should().Be(10);
        (await Store.ReadEffectsAsync(Time.GetUtcNow().AddYears(1), 10, None)).Should().BeEmpty("a parked effect is never due");
    }

    [Fact]
    public async Task A_failing_effect_holds_up_no_other()
    {
        _mailer.Fails = mail => mail.DedupeKey == "bad";
        Start();
        await MailAsync(One, "bad", "good", "better");
        await Until.TrueAsync(() => _mailer.Sent.Count() == 2, "the others");
    }

    [Fact]
    public async Task An_effect_that_was_done_but_could_not_be_noted_is_noted_and_not_done_again()
    {
        var failures = 2;
        Store.Fail = member => member == nameof(IGrainStore.WriteEffectAsync) && Interlocked.Decrement(ref failures) >= 0;
        Start();
        await MailAsync(One, "m1");
        await Pace.AdvanceToTimerAsync(TimeSpan.FromSeconds(1));
        await Pace.AdvanceToTimerAsync(TimeSpan.FromSeconds(1));
        await NoneIsLeftAsync();
        _mailer.Sent.Should().ContainSingle();
        _faults.Should().HaveCount(2);
    }

    [Fact]
    public async Task Cut_off_before_it_was_noted_it_is_done_again_under_the_same_key()
    {
        Store.Fail = member => member == nameof(IGrainStore.WriteEffectAsync);
        Start();
        await MailAsync(One, "m1");
        await Until.TrueAsync(() => _faults.Count == 1, "it to be done and not noted");
        await CloseAsync();
        Start();
        await DoneAsync(2);
        _mailer.Sent.Select(mail => mail.DedupeKey).Should().Equal("m1", "m1");
    }

    [Fact]
    public async Task An_effect_that_nothing_performs_is_parked()
    {
        _handlers = [];
        Start();
        await MailAsync(One, "m1");
        await NoneIsLeftAsync();
        _mailer.Sent.Should().BeEmpty();
    }

    [Fact]
    public async Task More_effects_than_are_read_at_a_time_are_all_done_in_order()
    {
        await MailAsync(One, [.. Enumerable.Range(0, 350).Select(i => $"m{i}")]);
        Start();
        await DoneAsync(350);
        _mailer.Sent.Select(mail => mail.DedupeKey).Should().Equal(Enumerable.Range(0, 350).Select(i => $"m{i}"));
    }

    protected override async Task CloseAsync()
    {
        if (_runner is not null)
        {
            await _runner.DisposeAsync();
        }

        _runner = null;
        await base.CloseAsync();
    }

    private void Start()
    {
        _runner = new(Store, _handlers, Pace);
        _runner.Faulted += _faults.Enqueue;
        _runner.Start();
    }

    private Task<Outcome> MailAsync(GrainId grain, params string[] keys) => FillAsync(grain, new() { Mails = keys });

    private async Task DoneAsync(int sent)
    {
        await Until.TrueAsync(() => _mailer.Sent.Count() >= sent, $"{sent} mails");
        await NoneIsLeftAsync();
        _mailer.Sent.Should().HaveCount(sent);
    }

    private Task NoneIsLeftAsync() => Until.TrueAsync(() => Store.ReadEffectsAsync(Time.GetUtcNow(), 1, None).AsTask().GetAwaiter().GetResult().Count == 0, "no effect to be left");

    /// <summary>Sends nothing and remembers everything.</summary>
    private sealed class Mailer : IEffectHandler
    {
        private readonly ConcurrentQueue<(PendingEffect Effect, bool IsSent)> _all = new();

        public string Kind => "mail";

        public Func<PendingEffect, bool>? Fails { get; set; }

        public IEnumerable<PendingEffect> Sent => _all.Where(one => one.IsSent).Select(one => one.Effect);

        public int Tries(string key) => _all.Count(one => one.Effect.DedupeKey == key);

        public Task PerformAsync(PendingEffect effect, CancellationToken cancel)
        {
            var fails = Fails?.Invoke(effect) == true;
            _all.Enqueue((effect, !fails));
            return fails ? throw new IOException("no line") : Task.CompletedTask;
        }
    }
}
