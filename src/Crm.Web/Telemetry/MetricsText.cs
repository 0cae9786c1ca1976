using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Crm.Web.Telemetry;

/// <summary>
/// Adds up what the process measures and writes it in Prometheus' text format (version 0.0.4). Listens only as long as it exists. Each
/// instrument has so many series at most; what comes beyond is added to one with the label <c>overflow</c>.
/// </summary>
public sealed class MetricsText : IDisposable
{
    private const int MostSeries = 500;

    private static readonly double[] SecondBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
    private static readonly double[] CountBounds = [1, 2, 5, 10, 25, 50, 100, 250, 500];

    private readonly ConcurrentDictionary<Instrument, ConcurrentDictionary<string, Series>> _instruments = new();
    private readonly MeterListener _listener = new();

    /// <param name="meters">Names of the meters that count.</param>
    public MetricsText(IReadOnlySet<string> meters)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (meters.Contains(instrument.Meter.Name))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        // of a meter that is gone, nothing is left to say
        _listener.MeasurementsCompleted = (instrument, _) => _instruments.TryRemove(instrument, out ConcurrentDictionary<string, Series>? _);
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Note(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
        _listener.Start();
    }

    public void Dispose() => _listener.Dispose();

    /// <summary>Everything measured so far.</summary>
    public string Write()
    {
        _listener.RecordObservableInstruments();
        var text = new StringBuilder();
        foreach (var group in _instruments.GroupBy(one => NameOf(one.Key)).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var first = group.First().Key;
            text.Append("# HELP ").Append(group.Key).Append(' ').Append((first.Description ?? "").Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)).Append('\n');
            text.Append("# TYPE ").Append(group.Key).Append(' ').Append(TypeOf(first)).Append('\n');
            foreach (var (labels, series) in group.SelectMany(one => one.Value).OrderBy(one => one.Key, StringComparer.Ordinal))
            {
                series.Write(text, group.Key, labels);
            }
        }

        return text.ToString();
    }

    private void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var all = _instruments.GetOrAdd(instrument, static _ => new(StringComparer.Ordinal));
        var labels = LabelsOf(tags);
        if (!all.TryGetValue(labels, out var series))
        {
            series = all.GetOrAdd(all.Count >= MostSeries ? "overflow=\"true\"" : labels, _ => Make(instrument));
        }

        series.Note(value);
    }

    private static Series Make(Instrument instrument) => TypeOf(instrument) switch
    {
        "histogram" => new Buckets(instrument.Unit == "s" ? SecondBounds : CountBounds),
        "gauge" => new Latest(),
        // an observable counter tells its whole sum each time
        _ => instrument.IsObservable ? new Latest() : new Sum(),
    };

    private static string TypeOf(Instrument instrument)
    {
        var kind = instrument.GetType().Name;
        return kind.StartsWith("Histogram", StringComparison.Ordinal) ? "histogram"
            : kind.Contains("Counter", StringComparison.Ordinal) && !kind.Contains("UpDown", StringComparison.Ordinal) ? "counter" : "gauge";
    }

    private static string NameOf(Instrument instrument)
    {
        var name = new StringBuilder(instrument.Name.Length);
        foreach (var one in instrument.Name)
        {
            name.Append(char.IsAsciiLetterOrDigit(one) ? one : '_');
        }

        name.Append(instrument.Unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" });
        return name.Append(TypeOf(instrument) == "counter" ? "_total" : "").ToString();
    }

    private static string LabelsOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in tags)
        {
            text.Append(text.Length == 0 ? "" : ",");
            foreach (var one in name)
            {
                text.Append(char.IsAsciiLetterOrDigit(one) ? one : '_');
            }

            var written = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
            text.Append("=\"").Append(written.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)).Append('"');
        }

        return text.ToString();
    }

    private abstract class Series
    {
        public abstract void Note(double value);

        public abstract void Write(StringBuilder text, string name, string labels);

        protected static void Line(StringBuilder text, string name, string labels, double value) =>
            text.Append(name).Append(labels.Length == 0 ? "" : $"{{{labels}}}").Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
    }

    private sealed class Sum : Series
    {
        private double _sum;

        public override void Note(double value)
        {
            lock (this)
            {
                _sum += value;
            }
        }

        public override void Write(StringBuilder text, string name, string labels) => Line(text, name, labels, Volatile.Read(ref _sum));
    }

    private sealed class Latest : Series
    {
        private double _value;

        public override void Note(double value) => Volatile.Write(ref _value, value);

        public override void Write(StringBuilder text, string name, string labels) => Line(text, name, labels, Volatile.Read(ref _value));
    }

    private sealed class Buckets(double[] bounds) : Series
    {
        private readonly long[] _counts = new long[bounds.Length + 1];
        private double _sum;

        public override void Note(double value)
        {
            var at = Array.BinarySearch(bounds, value);
            lock (_counts)
            {
                _counts[at >= 0 ? at : ~at]++;
                _sum += value;
            }
        }

        public override void Write(StringBuilder text, string name, string labels)
        {
            lock (_counts)
            {
                var all = 0L;
                var before = labels.Length == 0 ? "" : $"{labels},";
                for (var i = 0; i < _counts.Length; i++)
                {
                    all += _counts[i];
                    Line(text, $"{name}_bucket", $"{before}le=\"{(i == bounds.Length ? "+Inf" : bounds[i].ToString("R", CultureInfo.InvariantCulture))}\"", all);
                }

                Line(text, $"{name}_sum", labels, _sum);
                Line(text, $"{name}_count", labels, all);
            }
        }
    }
}
