using Crm.Runtime;
using Crm.Silo.Commands;
using Crm.Silo.Hosting;
using Crm.Silo.Rights;

namespace Crm.Web.Hosting.Demo;

/// <summary>The demo tenant could not be made.</summary>
internal sealed class DemoDataException(string message) : Exception(message);

/// <summary>
/// Gives the commands of the sample data, many at a time so that they share transactions. Each is given at the version its record must have,
/// so none takes effect twice, however often a first start is cut short.
/// </summary>
/// <param name="told">Steps known to be on disk.</param>
/// <param name="save">Notes that so many are.</param>
internal sealed class DemoTelling(CrmSilo silo, DemoCalendar calendar, long told, Func<long, Task> save)
{
    private const int MostUnderWay = 256;
    private const int StepsBetweenMarks = 20_000;
    private static readonly TimeSpan ProgressPause = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _free = new(MostUnderWay);
    private readonly bool _isResumed = told > 0;
    private volatile Exception? _failure;

    /// <summary>Takes all steps.</summary>
    /// <param name="progress">Is told now and then what share of it is done, in percent.</param>
    public async Task TellAsync(IEnumerable<DemoStep> steps, Action<int> progress, CancellationToken cancel)
    {
        var shown = silo.Time.GetTimestamp();
        var (taken, saved, hour) = (0L, told, 0L);
        foreach (var step in steps)
        {
            if (taken++ < told)
            {
                continue;
            }

            // the journal is read by time, so what is under way together may get ahead of each other within an hour only
            if (step.At.Ticks / TimeSpan.TicksPerHour is var next && next != hour)
            {
                hour = next;
                await AllSentAsync(cancel);
                if (taken - 1 - saved >= StepsBetweenMarks)
                {
                    saved = taken - 1;
                    await save(saved);
                }
            }

            await _free.WaitAsync(cancel);
            step.Record.Sent = SendAsync(step, step.Record.Sent, cancel);
            if (silo.Time.GetElapsedTime(shown) > ProgressPause)
            {
                shown = silo.Time.GetTimestamp();
                progress((int)(100 * ((step.At - calendar.Start) / (calendar.Now - calendar.Start))));
            }
        }

        await AllSentAsync(cancel);
    }

    private async Task AllSentAsync(CancellationToken cancel)
    {
        for (var i = 0; i < MostUnderWay; i++)
        {
            await _free.WaitAsync(cancel);
        }

        _free.Release(MostUnderWay);
        if (_failure is { } failure)
        {
            throw new DemoDataException(failure.Message);
        }
    }

    private async Task SendAsync(DemoStep step, Task before, CancellationToken cancel)
    {
        try
        {
            await before;
            var sending = new Sending(
                step.By is null ? SenderKind.System : SenderKind.User, ExpectedVersion: step.Version, Trusted: true, Now: step.At, IsFresh: step.Version == 0 && !_isResumed);
            var answer = await silo.Commands.TellAsync(step.By?.Asker ?? Asker.System(DemoData.Tenant), step.Record.Kind, step.Record.Id, step.Command, sending, cancel);
            if (answer.Kind != OutcomeKind.Committed && !(answer.Kind == OutcomeKind.VersionConflict && answer.Version > step.Version))
            {
                _failure ??= new DemoDataException($"The sample data could not be made: {step.Record.Kind} {step.Command.GetType().Name}: {answer.Refusal?.Sentence ?? answer.Kind.ToString()}");
            }
        }
        catch (Exception failure)
        {
            _failure ??= failure;
        }
        finally
        {
            _free.Release();
        }
    }
}
