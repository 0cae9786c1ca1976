using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Orleans.Storage;

namespace Crm.Cluster.Tests.States;

/// <summary>A storage provider in memory that keeps Orleans' promises about ETags, and fails when told to.</summary>
internal sealed class FaultyProvider : IGrainStorage
{
    private readonly ConcurrentDictionary<string, (int Version, string Json)> _states = new();
    private readonly Lock _gate = new();

    /// <summary>Asked before each write: whether it fails with nothing written.</summary>
    public Func<bool> FailsBefore { get; set; } = () => false;

    /// <summary>Asked after each write: whether nobody hears that it was written.</summary>
    public Func<bool> FailsAfter { get; set; } = () => false;

    public Task ReadStateAsync<T>(string stateName, global::Orleans.Runtime.GrainId grainId, IGrainState<T> grainState)
    {
        if (_states.TryGetValue(grainId.ToString(), out var known))
        {
            (grainState.State, grainState.ETag, grainState.RecordExists) = (JsonSerializer.Deserialize<T>(known.Json)!, known.Version.ToString(CultureInfo.InvariantCulture), true);
        }
        else
        {
            (grainState.ETag, grainState.RecordExists) = (null!, false);
        }

        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, global::Orleans.Runtime.GrainId grainId, IGrainState<T> grainState)
    {
        lock (_gate)
        {
            if (FailsBefore())
            {
                throw new IOException("The provider is away.");
            }

            var version = _states.TryGetValue(grainId.ToString(), out var known) ? known.Version : 0;
            if (grainState.ETag != (version == 0 ? null : version.ToString(CultureInfo.InvariantCulture)))
            {
                throw new InconsistentStateException("Somebody else has written it.");
            }

            _states[grainId.ToString()] = (version + 1, JsonSerializer.Serialize(grainState.State));
            (grainState.ETag, grainState.RecordExists) = ((version + 1).ToString(CultureInfo.InvariantCulture), true);
            return FailsAfter() ? throw new IOException("The provider went away.") : Task.CompletedTask;
        }
    }

    public Task ClearStateAsync<T>(string stateName, global::Orleans.Runtime.GrainId grainId, IGrainState<T> grainState)
    {
        _states.TryRemove(grainId.ToString(), out _);
        return Task.CompletedTask;
    }
}
