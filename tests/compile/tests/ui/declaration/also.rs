use typed_metrics::Metrics;

#[derive(Metrics)]
#[metrics(prefix = "pool.read", also, also(), also("WritePool"), also = WritePool)]
enum WithoutAName {
    #[counter]
    Leases,
}

#[derive(Metrics)]
#[metrics(prefix = "pool.read", also(WritePool), also(IdlePool, series_limit = 5))]
enum WithoutAPrefix {
    #[counter]
    Leases,
}

#[derive(Metrics)]
#[metrics(prefix = "pool", also(SamePool, prefix = "pool"))]
#[metrics(also(FirstPool, prefix = "pool.a"), also(SecondPool, prefix = "pool.a"))]
enum SamePrefix {
    #[counter]
    Leases,
}

#[derive(Metrics)]
#[metrics(prefix = "a", also(SameName, prefix = "b"), also(Other, prefix = "c"))]
#[metrics(also(Other, prefix = "d"))]
enum SameName {
    #[counter]
    Leases,
}

#[derive(Metrics)]
#[metrics(prefix = "a", also(UnknownKeyToo, prefix = "b", prefx = "c", crate = tm, prefix = "d"))]
enum UnknownKey {
    #[counter]
    Leases,
}

#[derive(Metrics)]
#[metrics(prefix = "a", also(BadPrefixToo, prefix = "b.", labels(le = "1")))]
enum BadPrefix {
    #[counter]
    Leases,
}

struct Taken;

#[derive(Metrics)]
#[metrics(prefix = "a", also(Taken, prefix = "e"))]
enum Clash {
    #[counter]
    Leases,
}

#[derive(Metrics)]
#[metrics(prefix = "a", also(NotUsed, prefix = "f"))]
enum NoLabel {
    #[counter]
    Leases { by: std::sync::Mutex<u8> },
}

#[derive(Metrics)]
#[metrics(prefix = "a", also(Renamed, prefix = "g"))]
enum OldName {
    #[counter(was = "old.leases")]
    Leases,
}

fn main() {}
