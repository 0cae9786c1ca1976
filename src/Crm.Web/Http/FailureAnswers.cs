using System.Collections.Concurrent;
using Crm.Grains.Kernel;
using Crm.Runtime.Journal;
using Crm.Runtime.PostgreSql;
using Crm.Silo.Commands;
using Crm.Web.Hosting;

namespace Crm.Web.Http;

/// <summary>Answers what goes wrong outside any endpoint, in the same words as everything else.</summary>
public static partial class FailureAnswers
{
    extension(WebApplication app)
    {
        /// <summary>A bug answers 500 with a trace id and nothing of its insides; an abandoned or malformed request answers what it deserves.</summary>
        public void UseFailureAnswers()
        {
            var log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Crm.Http");
            app.Use(next => http => AnswerAsync(http, next, log));
        }

        /// <summary>A method or content type that a known path does not take answers problem+json, with what it takes.</summary>
        public void UseRoutingAnswers() => app.Use(static next => http => http.GetEndpoint() is RouteEndpoint ? next(http) : AnswerRoutingAsync(http, next));

        /// <summary>Keeps one key from starving the others.</summary>
        public void UseKeyLimits()
        {
            var limit = app.Services.GetRequiredService<CrmSettings>().RequestsPerSecond is > 0 and var most ? most : int.MaxValue;
            var buckets = new ConcurrentDictionary<Guid, KeyBucket>();
            var time = app.Services.GetRequiredService<TimeProvider>();
            app.Use(next => http =>
                http.Features.Get<Caller>() is { } caller && !buckets.GetOrAdd(caller.Asker.Id, static _ => new()).TryTake(time, Math.Min(limit, caller.Key?.RequestsPerSecond ?? int.MaxValue))
                    ? Problems.WriteAsync(http, 429, Refusal.Conflict("rate-limited", "Too many requests in this second."))
                    : next(http));
        }
    }

    private static async Task AnswerRoutingAsync(HttpContext http, RequestDelegate next)
    {
        await next(http);
        var refusal = http.Response switch
        {
            { ContentType: not null } => null, // answered already, even if nothing of it has left yet
            { StatusCode: 405 } => Refusal.Invalid("method-not-allowed", "This path does not know this method."),
            { StatusCode: 415 } => Refusal.Invalid("unsupported-media-type", "This path does not take this content type."),
            _ => null,
        };
        if (refusal is not null)
        {
            await Problems.WriteAsync(http, http.Response.StatusCode, refusal);
        }
    }

    private static async Task AnswerAsync(HttpContext http, RequestDelegate next, ILogger log)
    {
        try
        {
            await next(http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // nobody is there to answer
        }
        catch (BadHttpRequestException bad) when (!http.Response.HasStarted)
        {
            var code = bad.StatusCode switch { 408 => "request-timeout", 413 => "body-too-large", _ => "request-invalid" };
            await Problems.WriteAsync(http, bad.StatusCode, Refusal.Invalid(code, bad.Message));
        }
        catch (IOException bad) when (bad.InnerException is OverflowException && !http.Response.HasStarted)
        {
            // the one wrong chunk that the framework does not call a bad request
            await Problems.WriteAsync(http, 400, Refusal.Invalid("request-invalid", "A chunk of the body is of no size there is."));
        }
        catch (IOException) when (http.RequestAborted.IsCancellationRequested)
        {
            // the connection broke off while the body was on its way: nobody is there to answer
        }
        catch (DatabaseUnreachableException) when (!http.Response.HasStarted)
        {
            await Problems.WriteAsync(http, 503, Refusal.Conflict("store-unavailable", "The data cannot be reached; try again in a moment."));
        }
        catch (DurabilityUnknownException) when (!http.Response.HasStarted)
        {
            await Problems.WriteAsync(http, 503, CommandDesk.DurabilityUnknown);
        }
        catch (Exception bug) when (!http.Response.HasStarted)
        {
            LogBug(log, http.Request.Method, http.GetEndpoint()?.DisplayName, Problems.TraceIdOf(http), bug);
            http.Response.Clear();
            await Problems.WriteAsync(http, 500, Refusal.Conflict("internal-error", "Something is wrong on our side; the trace id helps to find it."));
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Endpoint} failed, trace {Trace}")]
    private static partial void LogBug(ILogger log, string method, string? endpoint, string trace, Exception bug);

    /// <summary>Requests of one key in the current second.</summary>
    private sealed class KeyBucket
    {
        private readonly Lock _gate = new();
        private long _second;
        private int _taken;

        public bool TryTake(TimeProvider time, int most)
        {
            var second = time.GetTimestamp() / time.TimestampFrequency;
            lock (_gate)
            {
                if (second != _second)
                {
                    (_second, _taken) = (second, 0);
                }

                return ++_taken <= most;
            }
        }
    }
}
