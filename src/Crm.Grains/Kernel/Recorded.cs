namespace Crm.Grains.Kernel;

/// <summary>An event as the journal holds it.</summary>
/// <param name="Id">The record it happened to.</param>
/// <param name="Version">Its number in that record's history, from 1, without gaps.</param>
/// <param name="At">When it was recorded, UTC. Never earlier than the event before it in the tenant.</param>
/// <param name="By">The user, key or service that caused it.</param>
public readonly record struct Recorded<TEvent>(Guid Id, long Version, TEvent Event, DateTimeOffset At, Guid By);
