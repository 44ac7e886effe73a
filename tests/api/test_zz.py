import time
from tests.api.conftest import *
def test_x(line, station):
    for what in ("declare","get","health","send"):
        t=time.perf_counter()
        for i in range(20):
            if what=="declare": station.declare()
            elif what=="get": station.get("/v1/batches")
            elif what=="health": station.get("/healthz")
            else: 
                if i==0: b=station.batch()
                station.send(b,i+1,picture(i))
        print(what,(time.perf_counter()-t)/20*1000,"ms")
    t=time.perf_counter()
    for i in range(20):
        with line.unit() as u: accounts.add_station(u,f"s{i}",NOW)
    print("unit",(time.perf_counter()-t)/20*1000)
    t=time.perf_counter()
    for i in range(20): line.files.put(b"%d"%i)
    print("put",(time.perf_counter()-t)/20*1000)
