#include "libs/metrics/metrics.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace fangpin::metrics {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(MetricsTest, CountersAddUpAcrossThreads) {
  Registry registry;
  Counter& counter = registry.AddCounter("fangpin_things_total", "Things.", {{"kind", "a"}});
  Histogram& histogram = registry.AddHistogram("fangpin_thing_seconds", "Time.", {0.1, 1});
  std::vector<std::thread> threads;
  for (int i = 0; i < 10; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 1000; ++n) {
        counter.Increment();
        histogram.Observe(0.5);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(counter.Value(), 10000u);
  EXPECT_EQ(histogram.Count(), 10000u);
  EXPECT_DOUBLE_EQ(histogram.Read().sum, 5000);
  EXPECT_THAT(registry.Render(), HasSubstr("fangpin_things_total{kind=\"a\"} 10000"));
}

TEST(MetricsTest, ABucketHoldsItsUpperBound) {
  Registry registry;
  Histogram& histogram = registry.AddHistogram("fangpin_x_seconds", "X.", {1, 2});
  histogram.Observe(1);
  histogram.Observe(1.5);
  histogram.Observe(7);
  const std::string text = registry.Render();
  EXPECT_THAT(text, HasSubstr("fangpin_x_seconds_bucket{le=\"1\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("fangpin_x_seconds_bucket{le=\"2\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("fangpin_x_seconds_bucket{le=\"+Inf\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("fangpin_x_seconds_count 3\n"));
}

TEST(MetricsTest, AskingAgainReturnsTheSameInstrument) {
  Registry registry;
  EXPECT_EQ(&registry.AddGauge("fangpin_g", "G.", {{"a", "1"}}),
            &registry.AddGauge("fangpin_g", "G.", {{"a", "1"}}));
  EXPECT_NE(&registry.AddGauge("fangpin_g", "G.", {{"a", "1"}}),
            &registry.AddGauge("fangpin_g", "G.", {{"a", "2"}}));
}

TEST(MetricsTest, AReaderIsAskedAtScrapeTime) {
  Registry registry;
  double value = 1;
  registry.AddGaugeReader("fangpin_queue", "Queued.", {}, [&value] { return value; });
  EXPECT_THAT(registry.Render(), HasSubstr("fangpin_queue 1\n"));
  value = 2;
  EXPECT_THAT(registry.Render(), HasSubstr("fangpin_queue 2\n"));
}

TEST(MetricsDeathTest, NamesAgainstTheConventionsAbort) {
  Registry registry;
  EXPECT_DEATH(registry.AddCounter("fangpin_things", "Things."), "_total");
  EXPECT_DEATH(registry.AddGauge("fangpin_things_total", "Things."), "_total");
  EXPECT_DEATH(registry.AddGauge("fangpin_things", ""), "help");
  EXPECT_DEATH(registry.AddGauge("fangpin-things", "Things."), "snake_case");
  registry.AddGauge("fangpin_g", "G.");
  EXPECT_DEATH(registry.AddHistogram("fangpin_g", "G.", {1}), "one kind");
}

// The body of one GET /metrics.
std::string Scrape(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) return "";
  const std::string request = "GET /metrics HTTP/1.0\r\n\r\n";
  EXPECT_EQ(write(fd, request.data(), request.size()), static_cast<ssize_t>(request.size()));
  std::string answer;
  char buffer[4096];
  for (ssize_t n; (n = read(fd, buffer, sizeof(buffer))) > 0;) answer.append(buffer, n);
  close(fd);
  const size_t body = answer.find("\r\n\r\n");
  return body == std::string::npos ? "" : answer.substr(body + 4);
}

TEST(MetricsTest, WhatIsServedPassesPromtool) {
  Registry registry;
  registry.AddCounter("grpc_server_handled_total", "Calls.", {{"grpc_code", "OK"}}).Increment();
  registry.AddHistogram("grpc_server_handling_seconds", "Time.", LatencyBuckets()).Observe(0.01);
  registry.AddHistogram("fangpin_batch_rows", "Rows.", SizeBuckets()).Observe(10);
  auto exposer = Exposer::Start(registry, "127.0.0.1:0");
  ASSERT_TRUE(exposer.ok()) << exposer.status();
  ASSERT_GT((*exposer)->port(), 0);
  Scrape((*exposer)->port());  // the second one also holds what the first one left
  const std::string text = Scrape((*exposer)->port());
  EXPECT_THAT(text, HasSubstr("fangpin_build_info{version="));
  EXPECT_THAT(text, HasSubstr("process_cpu_seconds_total"));
  EXPECT_THAT(text, HasSubstr("process_open_fds"));

  if (std::system("command -v promtool >/dev/null") != 0) {
    ASSERT_EQ(std::getenv("FANGPIN_REQUIRE_SERVERS"), nullptr) << "promtool is not here";
    GTEST_SKIP() << "promtool is not here";
  }
  const std::string file = testing::TempDir() + "/metrics_test.prom";
  FILE* out = fopen(file.c_str(), "w");
  fwrite(text.data(), 1, text.size(), out);
  fclose(out);
  FILE* lint = popen(("promtool check metrics <" + file + " 2>&1").c_str(), "r");
  std::string complaints;
  char buffer[1024];
  while (fgets(buffer, sizeof(buffer), lint) != nullptr) complaints += buffer;
  EXPECT_EQ(pclose(lint), 0) << complaints;
  EXPECT_EQ(complaints, "");
}

TEST(MetricsTest, ATakenPortIsAnError) {
  Registry registry;
  auto first = Exposer::Start(registry, "127.0.0.1:0");
  ASSERT_TRUE(first.ok());
  const auto second = Exposer::Start(registry, "127.0.0.1:" + std::to_string((*first)->port()));
  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace fangpin::metrics
