namespace Crm.Runtime.Journal;

/// <summary>The disk has failed: whether what was written or read is on it is unknown. The store has stopped for good.</summary>
public sealed class DurabilityUnknownException(Exception reason) : IOException($"durability-unknown: {reason.Message}", reason);
